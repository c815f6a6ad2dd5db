/** The figures of the published snapshot that the landing page shows. */
export interface Snapshot {
  id: string;
  publishedAt: string;
  observations: number;
  regions: number;
  indicators: number;
}

interface Answer {
  data?: { snapshot?: Snapshot | null } | null;
  errors?: { message: string }[];
}

const query = "{ snapshot { id publishedAt observations regions indicators } }";

/** Asks the server for the snapshot it is answering from; throws an Error fit to be shown. */
export async function readSnapshot(signal: AbortSignal): Promise<Snapshot> {
  const response = await fetch("/graphql", {
    method: "POST",
    headers: {
      "content-type": "application/json",
      accept: "application/graphql-response+json, application/json;q=0.9",
    },
    body: JSON.stringify({ query }),
    signal,
  });
  const answer = (await response.json().catch(() => undefined)) as Answer | undefined;
  const snapshot = answer?.data?.snapshot;
  if (snapshot) {
    return snapshot;
  }
  throw new Error(answer?.errors?.[0]?.message ?? `The server answered ${response.status}.`);
}
