"""How much of the larger industry had resumed work, and who stands where?"""

import countyql

RESUMPTION = """
query Resumption($codes: [String!]!, $slice: [DimensionValueInput!]) {
  aggregate(input: {indicators: ["work_resumption_rate"], slice: $slice, regions: {codes: $codes}}) {
    groups { value unit missing coverage { used expected missing { region { nameEn } reason } } }
  }
  compare(input: {indicators: ["work_resumption_rate"], slice: $slice, display: {codes: $codes}}) {
    indicators {
      entries { rank region { nameEn } value precision standing }
      missing { region { nameEn } reason }
    }
  }
}
"""

client = countyql.from_environment()
answer = client.ask(
    RESUMPTION,
    codes=["140403", "220721", "370105", "370124", "510402"],
    slice=[{"dimension": "enterprise_class", "value": "above_scale_industry"}],
)

for group in answer["aggregate"]["groups"]:
    coverage = group["coverage"]
    # A value of None is unknown: never 0. `missing` says why.
    value = group["missing"] if group["value"] is None else f'{group["value"]:.1f} {group["unit"]}'
    print(f'together: {value}, from {coverage["used"]} of {coverage["expected"]} counties')
    for absent in coverage["missing"]:
        print(f'  without {absent["region"]["nameEn"]}: {absent["reason"]}')

for indicator in answer["compare"]["indicators"]:
    for entry in indicator["entries"]:
        print(f'{entry["rank"]}. {entry["region"]["nameEn"]}: {entry["value"]:.1f} ({entry["standing"]})')
    for absent in indicator["missing"]:
        print(f'-  {absent["region"]["nameEn"]}: {absent["reason"]}')

grids = list(client.observations({"regions": {"codes": ["370105"]}, "indicators": ["grids"]}, page=3))
print(f"{len(grids)} figures of grids in Tianqiao, three a page; the first is {grids[0]['printed']!r} in {grids[0]['source']['title']}")

try:
    client.ask('query Typo { region(code: "370106") { name } }')
except countyql.QueryError as refused:
    if refused.code != "UNKNOWN_REGION":
        raise
    print(f"{refused.code}: try {', '.join(refused.suggestions)}")

try:
    countyql.Client(client.url, token="expired").ask("query Who { snapshot { id } }")
except countyql.QueryError as refused:
    print(refused.code)
