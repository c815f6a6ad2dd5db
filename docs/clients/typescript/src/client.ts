import { type AnyVariables, Client, type CombinedError, fetchExchange, type OperationResult } from "@urql/core";

/** What the server refused: `code` is stable, the message is for people. */
export class Refused extends Error {
  readonly code: string;
  readonly suggestions: readonly string[];

  constructor(cause: CombinedError) {
    const first = cause.graphQLErrors[0];
    super(first?.message ?? cause.message, { cause });
    this.code = String(first?.extensions["code"] ?? "NETWORK");
    this.suggestions = (first?.extensions["suggestions"] as string[] | undefined) ?? [];
  }
}

export const client = new Client({
  url: `${process.env["COUNTYQL_URL"] ?? "http://127.0.0.1:8080"}/graphql`,
  exchanges: [fetchExchange],
  preferGetMethod: false,
  fetchOptions: () => {
    const token = process.env["COUNTYQL_TOKEN"];
    return { headers: token ? { Authorization: `Bearer ${token}` } : {} };
  },
});

/** The data of an answer, or what was refused. An answer may have both: data with nulls where a field failed. */
export function dataOf<T, V extends AnyVariables>(answer: OperationResult<T, V>): T {
  if (answer.error) throw new Refused(answer.error);
  return answer.data as T;
}
