import { createGraphiQLFetcher, type Fetcher, type FetcherParams } from "@graphiql/toolkit";
import { Kind, parse } from "graphql";

const send = createGraphiQLFetcher({ url: "/graphql", enableIncrementalDelivery: false });

/** Sends operations to the server that the page comes from. */
export const fetcher: Fetcher = (params, options) => send(withOwnName(params), options);

/**
 * Leaves out an operation name that is not in the document. GraphiQL learns of the name in a tab just switched to a moment
 * late: run at once, the operation would be sent under the name of the one in the tab before.
 */
function withOwnName(params: FetcherParams): FetcherParams {
  const { operationName, ...nameless } = params;
  return operationName && namesOf(params.query)?.includes(operationName) === false ? nameless : params;
}

/** Names of the operations in a document; undefined if it cannot be read, which is the server's to say. */
function namesOf(document: string): string[] | undefined {
  try {
    return parse(document).definitions.flatMap((definition) =>
      definition.kind === Kind.OPERATION_DEFINITION && definition.name ? [definition.name.value] : [],
    );
  } catch {
    return undefined;
  }
}
