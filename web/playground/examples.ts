/** An example operation, read from examples/NN-name.graphql and, for its variables, NN-name.json. */
export interface Example {
  /** First line of the leading comment. */
  title: string;
  /** Rest of the leading comment, as one paragraph. */
  description: string;
  query: string;
  /** JSON text; null if the operation has no variables. */
  variables: string | null;
}

const queries = import.meta.glob<string>("./examples/*.graphql", {
  query: "?raw",
  import: "default",
  eager: true,
});
const variables = import.meta.glob<string>("./examples/*.json", {
  query: "?raw",
  import: "default",
  eager: true,
});

/** The examples in the order of their numbers. */
export const examples: Example[] = Object.keys(queries)
  .sort()
  .map((path) => {
    const query = (queries[path] ?? "").trimEnd();
    const comment = query.split("\n");
    const end = comment.findIndex((line) => !line.startsWith("#"));
    const [title = "", ...rest] = comment.slice(0, end).map((line) => line.replace(/^#\s?/, ""));
    return {
      title,
      description: rest.join(" ").trim(),
      query,
      variables: variables[path.replace(/\.graphql$/, ".json")]?.trimEnd() ?? null,
    };
  });
