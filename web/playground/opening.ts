import type { Storage } from "@graphiql/toolkit";
import { examples } from "./examples";

interface Opening {
  initialQuery: string;
  initialVariables: string;
}

/**
 * Says what the editors show when the page opens: the tab that was left open, or for a first visit the first example.
 *
 * GraphiQL keeps the tabs in local storage but fills the editors from elsewhere: on its own it would show the tab without
 * its variables until something has been typed.
 */
export function opening(storage: Storage): Opening {
  const tab = leftOpen(storage) ?? examples[0];
  return { initialQuery: tab?.query ?? "", initialVariables: tab?.variables ?? "" };
}

function leftOpen(storage: Storage): { query: string | null; variables: string | null } | undefined {
  try {
    const stored = JSON.parse(storage.getItem("graphiql:tabState") ?? "null");
    return stored?.tabs?.[stored.activeTabIndex];
  } catch {
    return undefined;
  }
}
