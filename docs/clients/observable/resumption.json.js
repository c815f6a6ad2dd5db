// A data loader: Observable Framework runs it when it builds the page, and the page reads what it prints.
const server = process.env.COUNTYQL_URL ?? "http://127.0.0.1:8080";
const token = process.env.COUNTYQL_TOKEN;

const response = await fetch(`${server}/graphql`, {
  method: "POST",
  headers: { "Content-Type": "application/json", ...(token && { Authorization: `Bearer ${token}` }) },
  body: JSON.stringify({
    query: `query Resumption {
      compare(input: {
        indicators: ["work_resumption_rate"]
        slice: [{dimension: "enterprise_class", value: "above_scale_industry"}]
        display: {codes: ["140403", "220721", "370105", "370124", "510402"]}
      }) {
        indicators {
          unit
          baseline
          entries { region { code nameEn } value rank observation { period { label } } }
          missing { region { code nameEn } reason }
        }
      }
    }`,
  }),
});
const { data, errors } = await response.json();
// A build that fails is better than a page with half the figures.
if (errors) throw new Error(`${errors[0].extensions?.code}: ${errors[0].message}`);

const [{ unit, baseline, entries, missing }] = data.compare.indicators;
const rows = [
  ...entries.map((e) => ({ county: e.region.nameEn, value: e.value, rank: e.rank, period: e.observation.period.label })),
  // null, and not 0: a bar of no length would be a figure.
  ...missing.map((m) => ({ county: m.region.nameEn, value: null, reason: m.reason })),
];
console.log(JSON.stringify({ unit, baseline, rows }));
