"""Which part of the world each country is in, for readers who are interested in some parts only.

After the United Nations' geographical regions (https://unstats.un.org/unsd/methodology/m49/), but
where the newsroom's notes speak otherwise: Mexico and the Caribbean belong to Latin America, Iran
and Turkey to the Middle East, Armenia, Azerbaijan, Cyprus and Georgia to Europe. Antarctica, which
has no region there, stands with Oceania.
"""

from __future__ import annotations

from collections.abc import Iterable

# By the slugs of `subscribers.models.WorldRegion`, which is another room's: a test compares them.
COUNTRIES = {
    "africa": "AO BF BI BJ BW CD CF CG CI CM CV DJ DZ EG EH ER ET GA GH GM GN GQ GW IO KE KM LR LS "
    "LY MA MG ML MR MU MW MZ NA NE NG RE RW SC SD SH SL SN SO SS ST SZ TD TF TG TN TZ UG YT ZA ZM "
    "ZW",
    "central-asia": "KG KZ TJ TM UZ",
    "east-asia": "CN HK JP KP KR MN MO TW",
    "europe": "AD AL AM AT AX AZ BA BE BG BY CH CY CZ DE DK EE ES FI FO FR GB GE GG GI GR HR HU IE "
    "IM IS IT JE LI LT LU LV MC MD ME MK MT NL NO PL PT RO RS RU SE SI SJ SK SM UA VA",
    "latin-america": "AG AI AR AW BB BL BO BQ BR BS BV BZ CL CO CR CU CW DM DO EC FK GD GF GP GS "
    "GT GY HN HT JM KN KY LC MF MQ MS MX NI PA PE PR PY SR SV SX TC TT UY VC VE VG VI",
    "middle-east": "AE BH IL IQ IR JO KW LB OM PS QA SA SY TR YE",
    "north-america": "BM CA GL PM US",
    "oceania": "AQ AS AU CC CK CX FJ FM GU HM KI MH MP NC NF NR NU NZ PF PG PN PW SB TK TO TV UM "
    "VU WF WS",
    "south-asia": "AF BD BT IN LK MV NP PK",
    "south-east-asia": "BN ID KH LA MM MY PH SG TH TL VN",
}
REGION_OF = {code: region for region, codes in COUNTRIES.items() for code in codes.split()}


def regions_of(countries: Iterable[str]) -> frozenset[str]:
    """The slugs of the regions in which some countries are.

    Args:
        countries: their ISO 3166-1 codes; one that is not known is in no region.
    """
    return frozenset(REGION_OF[code] for code in countries if code in REGION_OF)
