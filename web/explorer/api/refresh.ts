import { createClient } from "graphql-sse";
import { ask, credentials } from "./ask";
import {
  PublishedDocument,
  SnapshotPublishedDocument,
  type SnapshotPublishedSubscription,
} from "./operations.generated";

/** How often the server is asked where it does not tell by itself. */
const pollMilliseconds = 60_000;

/**
 * Calls back when another snapshot than the given one is published: told by the server's subscription, one stream of server-sent
 * events or, where it has none, asked for once a minute and whenever the page comes into sight. Returns what ends it.
 */
export function watchSnapshot(current: string, onNew: (id: string) => void): () => void {
  let known = current;
  const tell = (id: string) => {
    if (id !== known) {
      known = id;
      onNew(id);
    }
  };
  const ending = new AbortController();
  void start(tell, ending.signal);
  return () => ending.abort();
}

async function start(tell: (id: string) => void, signal: AbortSignal): Promise<void> {
  const streams = await hasSubscription(signal);
  if (signal.aborted) {
    return;
  }
  if (streams) {
    subscribe(tell, signal);
  }
  const look = () => {
    if (document.visibilityState === "visible") {
      void lookForSnapshot(tell, signal);
    }
  };
  document.addEventListener("visibilitychange", look, { signal });
  if (!streams) {
    const timer = setInterval(look, pollMilliseconds);
    signal.addEventListener("abort", () => clearInterval(timer));
  }
}

async function hasSubscription(signal: AbortSignal): Promise<boolean> {
  try {
    const { data } = await ask(PublishedDocument, {}, signal);
    const fields = data.__schema.subscriptionType?.fields ?? [];
    return fields.some(({ name }) => name === "snapshotPublished");
  } catch {
    // Not to be asked about its schema: then it is looked for.
    return false;
  }
}

function subscribe(tell: (id: string) => void, signal: AbortSignal): void {
  const client = createClient({
    url: "/graphql",
    singleConnection: false,
    headers: credentials,
    retryAttempts: Number.POSITIVE_INFINITY,
  });
  client.subscribe<SnapshotPublishedSubscription>(
    { query: SnapshotPublishedDocument.toString() },
    {
      next: ({ data }) => data && tell(data.snapshotPublished.id),
      // A stream that is refused leaves the look when the page comes into sight.
      error: () => {},
      complete: () => {},
    },
  );
  signal.addEventListener("abort", () => client.dispose());
}

async function lookForSnapshot(tell: (id: string) => void, signal: AbortSignal): Promise<void> {
  try {
    const { data } = await ask(PublishedDocument, {}, signal);
    tell(data.snapshot.id);
  } catch {
    // A server that is away for a while is asked again.
  }
}
