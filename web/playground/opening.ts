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
  const tab = handedOver() ?? leftOpen(storage) ?? examples[0];
  return { initialQuery: tab?.query ?? "", initialVariables: tab?.variables ?? "" };
}

/** The operation that the address hands over, as the explorer does: #query=…&variables=…. It opens in a tab of its own. */
function handedOver(): { query: string; variables: string | null } | undefined {
  const parameters = new URLSearchParams(location.hash.slice(1));
  const query = parameters.get("query");
  if (!query) {
    return undefined;
  }
  // Gone from the address, so that reloading does not undo what has been changed since.
  history.replaceState(null, "", location.pathname);
  return { query, variables: parameters.get("variables") };
}

function leftOpen(storage: Storage): { query: string | null; variables: string | null } | undefined {
  try {
    const stored = JSON.parse(storage.getItem("graphiql:tabState") ?? "null");
    return stored?.tabs?.[stored.activeTabIndex];
  } catch {
    return undefined;
  }
}
