// Audits the server at COUNTYQL_URL against the GraphQL over HTTP specification: what a server MUST, SHOULD and MAY do.
import { auditServer } from "graphql-http";

const address = process.env.COUNTYQL_URL;
if (!address) {
  throw new Error(
    "COUNTYQL_URL is not set: start a server and give its address, such as http://127.0.0.1:8080",
  );
}

const results = await auditServer({ url: `${address}/graphql` });
const broken = results.filter((result) => result.status !== "ok");
for (const result of broken) {
  console.log(`${result.status.toUpperCase()} ${result.id} ${result.name}: ${result.reason}`);
}
console.log(`${results.length - broken.length} of ${results.length} audits are ok`);
process.exitCode = results.length > 0 && broken.length === 0 ? 0 : 1;
