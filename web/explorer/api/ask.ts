import type { TypedDocumentString } from "./operations.generated";

/** One error of an answer, as the server words it. */
export interface ServerError {
  message: string;
  path?: (string | number)[];
  extensions?: {
    code?: string;
    argument?: string;
    suggestions?: string[];
    limitName?: string;
    limit?: number;
    estimate?: number;
    requestId?: string;
  };
}

/** An answer: the data, and the errors of the parts that are null. */
export interface Answer<T> {
  data: T;
  errors: ServerError[];
}

/** Why there is no answer. */
export class AskError extends Error {
  /** The code of a typed error; UNREACHABLE or TIMEOUT where the server said nothing. */
  readonly code: string;
  readonly errors: ServerError[];

  constructor(code: string, message: string, errors: ServerError[] = []) {
    super(message);
    this.name = "AskError";
    this.code = code;
    this.errors = errors;
  }
}

const timeoutMilliseconds = 60_000;
const tokenKey = "countyql:token";

/** The bearer token given for this tab, or null. It leaves with the tab. */
export function token(): string | null {
  return sessionStorage.getItem(tokenKey);
}

export function setToken(value: string): void {
  sessionStorage.setItem(tokenKey, value);
}

/** Headers that say who asks; none without a token. */
export function credentials(): Record<string, string> {
  const value = token();
  return value ? { Authorization: `Bearer ${value}` } : {};
}

/** Asks the server that the page comes from. Rejects with an AskError where nothing is answered. */
export async function ask<Result, Variables>(
  document: TypedDocumentString<Result, Variables>,
  variables: Variables,
  signal?: AbortSignal,
): Promise<Answer<Result>> {
  const timeout = AbortSignal.timeout(timeoutMilliseconds);
  let response: Response;
  let body: { data?: Result | null; errors?: ServerError[] };
  try {
    response = await fetch("/graphql", {
      method: "POST",
      headers: {
        "Content-Type": "application/json",
        Accept: "application/graphql-response+json, application/json",
        ...credentials(),
      },
      body: JSON.stringify({ query: document.toString(), variables }),
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    });
    body = await response.json();
  } catch (cause) {
    if (signal?.aborted) {
      throw cause;
    }
    const timedOut = cause instanceof DOMException && cause.name === "TimeoutError";
    throw new AskError(timedOut ? "TIMEOUT" : "UNREACHABLE", String(cause));
  }
  const errors = body.errors ?? [];
  if (!body.data) {
    const first = errors[0];
    const code = first?.extensions?.code ?? (response.status === 401 ? "UNAUTHENTICATED" : "INTERNAL");
    throw new AskError(code, first?.message ?? `HTTP ${response.status}`, errors);
  }
  return { data: body.data, errors };
}
