import { keepPreviousData, QueryClient, queryOptions, useQuery } from "@tanstack/react-query";
import type { Table } from "../parts/files";
import { type Answer, type AskError, ask, type ServerError } from "./ask";
import type { TypedDocumentString } from "./operations.generated";

/** Answers are those of one snapshot and stay until a new one is taken up. */
export const client = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: Number.POSITIVE_INFINITY,
      refetchOnWindowFocus: false,
      refetchOnReconnect: false,
      retry: false,
    },
  },
});

/** What a view can be saved as. */
export interface Offer {
  /** What tells it from the others of the view. */
  label: string;
  /** An export of the server. */
  file?: { kind: "compare" | "series" | "observations"; parameters: Record<string, object | string> };
  /** What the page makes of an answer where no export has it. */
  table?: () => Table;
}

/** One question that a view asks: what is shown as its query, and the file that answers it as well. */
export interface Asked extends Offer {
  // biome-ignore lint/suspicious/noExplicitAny: any operation; its text and variables are all that is shown.
  document: TypedDocumentString<any, any>;
  variables: object;
}

/** The question as the cache knows it. */
export function question<R, V>(document: TypedDocumentString<R, V>, variables: V) {
  return queryOptions<Answer<R>, AskError>({
    queryKey: [document.toString(), variables],
    queryFn: ({ signal }) => ask(document, variables, signal),
    placeholderData: keepPreviousData,
  });
}

/** How a view's questions stand together. */
export interface Standing {
  /** No answer yet. */
  pending: boolean;
  /** Asked anew, with an earlier answer in sight. */
  busy: boolean;
  failure: AskError | null;
  errors: ServerError[];
  retry: () => void;
}

/** Asks one question. */
export function useAnswer<R, V>(
  document: TypedDocumentString<R, V>,
  variables: V,
  enabled = true,
): Standing & { data: R | undefined } {
  const result = useQuery({ ...question(document, variables), enabled });
  return { data: result.isError ? undefined : result.data?.data, ...standing([result]) };
}

interface Result {
  isPending: boolean;
  isFetching: boolean;
  isEnabled?: boolean;
  error: AskError | null;
  // biome-ignore lint/suspicious/noExplicitAny: the data of any question.
  data?: Answer<any> | undefined;
  refetch: () => unknown;
}

/** How several questions stand. */
export function standing(results: Result[]): Standing {
  return {
    pending: results.some((result) => result.isPending && result.isFetching),
    busy: results.some((result) => result.isFetching && !result.isPending),
    failure: results.find((result) => result.error)?.error ?? null,
    errors: results.flatMap((result) => result.data?.errors ?? []),
    retry: () => {
      for (const result of results) {
        if (result.error) {
          result.refetch();
        }
      }
    },
  };
}
