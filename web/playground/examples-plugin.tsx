import { type GraphiQLPlugin, useGraphiQL, useGraphiQLActions } from "@graphiql/react";
import { type Example, examples } from "./examples";

// As in playground.css: there the pane covers the editors.
const narrow = "(max-width: 48rem)";

function Icon() {
  return (
    <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="1.6" aria-hidden="true">
      <path d="M4 6h.01M4 12h.01M4 18h.01" strokeWidth="2.4" strokeLinecap="round" />
      <path d="M8.5 6H20M8.5 12H20M8.5 18H20" strokeLinecap="round" />
    </svg>
  );
}

function Content() {
  const { addTab, changeTab, setVisiblePlugin } = useGraphiQLActions();
  const tabs = useGraphiQL((state) => state.tabs);
  const queryEditor = useGraphiQL((state) => state.queryEditor);
  const variableEditor = useGraphiQL((state) => state.variableEditor);

  /** Goes to the tab that holds the example as it came, or opens it in a new one. */
  function open(example: Example) {
    if (matchMedia(narrow).matches) {
      setVisiblePlugin(null);
    }
    const index = tabs.findIndex((tab) => tab.query === example.query);
    if (index >= 0) {
      changeTab(index);
      return;
    }
    addTab();
    queryEditor?.setValue(example.query);
    variableEditor?.setValue(example.variables ?? "");
  }

  return (
    <section aria-label="Examples" className="examples">
      <h2>Examples</h2>
      <p>Each runs on the bundled data and opens in a tab, where it is yours to change.</p>
      <ol>
        {examples.map((example) => (
          <li key={example.title}>
            <button type="button" onClick={() => open(example)}>
              <strong>{example.title}</strong>
              <span>{withCode(example.description)}</span>
            </button>
          </li>
        ))}
      </ol>
    </section>
  );
}

/** Sets what stands between backticks as code. */
function withCode(text: string) {
  return text.split("`").map((part, index) =>
    // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a constant text never move.
    index % 2 === 1 ? <code key={index}>{part}</code> : part,
  );
}

/** A pane beside the documentation and the history that lists the examples, to get one back after its tab was closed or changed. */
export const examplesPlugin: GraphiQLPlugin = { title: "Examples", icon: Icon, content: Content };
