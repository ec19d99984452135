// Compiles MJML documents with the official compiler: a JSON list of sources on standard input,
// a JSON list of HTML on standard output. Ends with an error if the compiler finds a fault.
import { readFileSync } from 'node:fs'
import mjml2html from 'mjml'

const pages = []
for (const source of JSON.parse(readFileSync(0, 'utf8'))) {
  const { html } = await mjml2html(source, { validationLevel: 'strict' })
  pages.push(html)
}
process.stdout.write(JSON.stringify(pages))
