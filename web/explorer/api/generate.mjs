// Writes operations.generated.ts: the text of every operation, and the types of its variables and its answer by the schema; and
// documents/: the same texts in a file each, as a server reads them that answers no others. With --check it writes nothing and
// fails where a file is not what it would write.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { codegen } from "@graphql-codegen/core";
import * as documentNodes from "@graphql-codegen/typed-document-node";
import * as schemaTypes from "@graphql-codegen/typescript";
import * as operationTypes from "@graphql-codegen/typescript-operations";
import { buildSchema, parse } from "graphql";

const read = (folder, ending) =>
  readdirSync(folder)
    .filter((name) => name.endsWith(ending))
    .sort()
    .map((name) => readFileSync(new URL(name, folder), "utf8"))
    .join("\n");

const operations = new URL("operations/", import.meta.url);
const schema = new URL("../../../schema/", import.meta.url);
const target = new URL("operations.generated.ts", import.meta.url);

const sdl = read(schema, ".graphqls");
const document = parse(read(operations, ".graphql"));
const scalars = { Date: "string", DateTime: "string", Period: "string", Duration: "string" };
const config = {
  documentMode: "string",
  enumsAsTypes: true,
  onlyOperationTypes: true,
  scalars,
  skipTypename: true,
  strictScalars: true,
  useTypeImports: true,
  avoidOptionals: { field: true, object: true },
};
const generated = await codegen({
  filename: "operations.generated.ts",
  schema: parse(sdl),
  schemaAst: buildSchema(sdl),
  documents: [{ location: "operations", document }],
  config,
  plugins: [{ add: {} }, { schemaTypes: {} }, { operationTypes: {} }, { documentNodes: {} }],
  pluginMap: {
    add: { plugin: () => "// Written by generate.mjs: change the operations and run `npm run generate`." },
    schemaTypes,
    operationTypes,
    documentNodes,
  },
});

// The compiler asks for the word where a method takes the place of an inherited one.
const text = generated.replace("  toString():", "  override toString():");

const texts = new Map();
for (const [, name, operation] of text.matchAll(
  /const (\w+)Document = new TypedDocumentString\(`([^`]*)`\)/g,
)) {
  if (/\\|\$\{/.test(operation)) {
    throw new Error(`${name} has characters that mean something else in what was generated`);
  }
  texts.set(`${name}.graphql`, `${operation.trim()}\n`);
}
if (texts.size !== document.definitions.filter(({ kind }) => kind === "OperationDefinition").length) {
  throw new Error("not every operation was found in what was generated");
}
const documents = new URL("documents/", import.meta.url);
const written = existsSync(documents) ? readdirSync(documents) : [];
const stale = written.filter((name) => !texts.has(name));

if (!process.argv.includes("--check")) {
  writeFileSync(target, text);
  mkdirSync(documents, { recursive: true });
  for (const [name, operation] of texts) {
    writeFileSync(new URL(name, documents), operation);
  }
  for (const name of stale) {
    rmSync(new URL(name, documents));
  }
} else {
  const current = ([name, operation]) =>
    written.includes(name) && readFileSync(new URL(name, documents), "utf8") === operation;
  if (readFileSync(target, "utf8") !== text || stale.length > 0 || ![...texts].every(current)) {
    console.error("explorer/api/operations.generated.ts and documents/ are not current: npm run generate");
    process.exit(1);
  }
}
