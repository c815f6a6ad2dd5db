import { readSnapshot, type Snapshot } from "./snapshot";

const timeoutMilliseconds = 15_000;

const timeFormat: Intl.DateTimeFormatOptions = {
  day: "numeric",
  month: "long",
  year: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  timeZoneName: "short",
};

const panel = byId("snapshot");

byId("request").textContent =
  `curl -s ${location.origin}/graphql \\\n  --json '{"query": "{ snapshot { id observations } }"}'`;

void show();

async function show(): Promise<void> {
  panel.setAttribute("aria-busy", "true");
  try {
    const snapshot = await readSnapshot(AbortSignal.timeout(timeoutMilliseconds));
    panel.replaceChildren(...(snapshot.observations === 0 ? empty(snapshot) : figures(snapshot)));
  } catch (cause) {
    panel.replaceChildren(...failure(cause));
  } finally {
    panel.setAttribute("aria-busy", "false");
  }
}

function figures(snapshot: Snapshot): Node[] {
  const list = element("dl", { className: "figures" });
  for (const [label, count] of [
    ["observations", snapshot.observations],
    ["regions", snapshot.regions],
    ["indicators", snapshot.indicators],
  ] as const) {
    const item = element("div");
    item.append(
      element("dt", { textContent: label }),
      element("dd", { textContent: count.toLocaleString("en") }),
    );
    list.append(item);
  }
  return [list, published(snapshot)];
}

function empty(snapshot: Snapshot): Node[] {
  const text = element("p", { className: "state" });
  text.append(
    "No figures are loaded yet. Load some with ",
    element("code", { textContent: "countyql load" }),
    ".",
  );
  return [text, published(snapshot)];
}

function failure(cause: unknown): Node[] {
  const timedOut = cause instanceof DOMException && cause.name === "TimeoutError";
  const unreachable = cause instanceof TypeError;
  const reason = timedOut
    ? "The server did not answer in time."
    : unreachable
      ? "The server could not be reached."
      : cause instanceof Error
        ? cause.message
        : String(cause);
  const text = element("p", { className: "state", textContent: `The snapshot could not be read. ${reason}` });
  text.setAttribute("role", "alert");
  const retry = element("button", { type: "button", textContent: "Try again" });
  retry.addEventListener("click", () => {
    retry.disabled = true;
    void show();
  });
  return [text, retry];
}

function published(snapshot: Snapshot): Node {
  const text = element("p", { className: "published" });
  const date = new Date(snapshot.publishedAt);
  const time = element("time", {
    dateTime: snapshot.publishedAt,
    textContent: Number.isNaN(date.getTime())
      ? snapshot.publishedAt
      : date.toLocaleString("en-GB", timeFormat),
  });
  text.append("Published ", time, " as ", element("code", { textContent: snapshot.id }));
  return text;
}

function element<K extends keyof HTMLElementTagNameMap>(
  name: K,
  properties: Partial<HTMLElementTagNameMap[K]> = {},
): HTMLElementTagNameMap[K] {
  return Object.assign(document.createElement(name), properties);
}

function byId(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (!found) {
    throw new Error(`the page has no #${id}`);
  }
  return found;
}
