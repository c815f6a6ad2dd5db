import type { Storage as PlaygroundStorage } from "@graphiql/toolkit";

const prefix = "graphiql:";

/** GraphiQL's lists of executed operations, each with the headers it was sent with. */
const histories = [`${prefix}queries`, `${prefix}favorites`];

/**
 * The part of the local storage that is the playground's, without request headers: they may hold a token. GraphiQL itself
 * leaves them out of the stored tabs but not out of the stored history.
 */
export function playgroundStorage(storage: Storage): PlaygroundStorage {
  const keys = () => Object.keys(storage).filter((key) => key.startsWith(prefix));
  return {
    getItem: (key) => storage.getItem(key),
    setItem: (key, value) => storage.setItem(key, histories.includes(key) ? withoutHeaders(value) : value),
    removeItem: (key) => storage.removeItem(key),
    clear: () => {
      for (const key of keys()) {
        storage.removeItem(key);
      }
    },
    get length() {
      return keys().length;
    },
  };
}

function withoutHeaders(history: string): string {
  return JSON.stringify(JSON.parse(history), (key, value) => (key === "headers" ? undefined : value));
}
