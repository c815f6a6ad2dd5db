import { client, dataOf, Refused } from "./client.js";
import { graphql } from "./gql/gql.js";
import type { GridsQuery } from "./gql/graphql.js";

const Resumption = graphql(`
  query Resumption($codes: [String!]!, $slice: [DimensionValueInput!]) {
    aggregate(input: {indicators: ["work_resumption_rate"], slice: $slice, regions: {codes: $codes}}) {
      groups { value unit missing coverage { used expected missing { region { nameEn } reason } } }
    }
    compare(input: {indicators: ["work_resumption_rate"], slice: $slice, display: {codes: $codes}}) {
      indicators { entries { rank region { nameEn } value standing } missing { region { nameEn } reason } }
    }
  }
`);

const answer = dataOf(
  await client.query(Resumption, {
    codes: ["140403", "220721", "370105", "370124", "510402"],
    slice: [{ dimension: "enterprise_class", value: "above_scale_industry" }],
  }),
);

for (const { value, unit, missing, coverage } of answer.aggregate.groups) {
  // `value` is number | null: the compiler does not let a missing figure become 0.
  const shown = value == null ? missing : `${value.toFixed(1)} ${unit}`;
  console.log(`together: ${shown}, from ${coverage.used} of ${coverage.expected} counties`);
}
for (const { entries, missing } of answer.compare.indicators) {
  for (const e of entries) console.log(`${e.rank}. ${e.region.nameEn}: ${e.value.toFixed(1)} (${e.standing})`);
  for (const m of missing) console.log(`-  ${m.region.nameEn}: ${m.reason}`);
}

const Grids = graphql(`
  query Grids($first: Int!, $after: String) {
    observations(where: {regions: {codes: ["370105"]}, indicators: ["grids"]}, first: $first, after: $after) {
      nodes { period { label } value missing unit }
      pageInfo { hasNextPage endCursor }
    }
  }
`);

async function* grids(first: number) {
  let after: string | null | undefined;
  do {
    const page: GridsQuery = dataOf(await client.query(Grids, { first, after }));
    yield* page.observations.nodes;
    const { hasNextPage, endCursor } = page.observations.pageInfo;
    after = hasNextPage ? endCursor : null;
  } while (after);
}

let figures = 0;
for await (const figure of grids(3)) figures += figure.value == null ? 0 : 1;
console.log(`${figures} figures of grids in Tianqiao, three a page`);

const Name = graphql(`query Name($code: String!) { region(code: $code) { name } }`);
try {
  dataOf(await client.query(Name, { code: "370106" }));
} catch (refused) {
  if (!(refused instanceof Refused) || refused.code !== "UNKNOWN_REGION") throw refused;
  console.log(`${refused.code}: try ${refused.suggestions.join(", ")}`);
}
