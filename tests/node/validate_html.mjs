// Validates HTML with html-validate: {"rules": a file here, "pages": {name: HTML}} on standard
// input; on standard output a list of findings, each with its page, line, rule and words.
import { readFileSync } from 'node:fs'
import { HtmlValidate, StaticConfigLoader } from 'html-validate'

const { rules, pages } = JSON.parse(readFileSync(0, 'utf8'))
const config = JSON.parse(readFileSync(new URL(rules, import.meta.url), 'utf8'))
const validator = new HtmlValidate(new StaticConfigLoader(config))
const findings = []
for (const [name, html] of Object.entries(pages)) {
  const { results } = await validator.validateString(html, name)
  for (const { line, ruleId, message, selector } of results.flatMap((result) => result.messages)) {
    findings.push(`${name}, line ${line}: ${message} (${ruleId}) at ${selector}`)
  }
}
process.stdout.write(JSON.stringify(findings))
