import { useGraphiQL, useMonaco } from "@graphiql/react";
import { useEffect } from "react";

const looks = {
  "graphiql-LIGHT": {
    base: "vs",
    ground: "#ffffff",
    accent: "#0a6e63",
    tint: "#0a6e6319",
    field: "#3b4b6811",
    argument: "#5a57c4",
    comment: "#4f6f52",
  },
  "graphiql-DARK": {
    base: "vs-dark",
    ground: "#212a3b",
    accent: "#54d4bf",
    tint: "#54d4bf19",
    field: "#b7c2d711",
    argument: "#a39eff",
    comment: "#8fb08c",
  },
} as const;

/** Renders nothing: gives the editors the page's colours under GraphiQL's theme names, a smaller letter and wrapped lines. */
export function EditorLook() {
  const monaco = useMonaco((state) => state.monaco);
  const queryEditor = useGraphiQL((state) => state.queryEditor);
  const variableEditor = useGraphiQL((state) => state.variableEditor);
  const headerEditor = useGraphiQL((state) => state.headerEditor);
  const responseEditor = useGraphiQL((state) => state.responseEditor);

  useEffect(() => {
    if (!monaco) {
      return;
    }
    for (const [name, look] of Object.entries(looks)) {
      monaco.editor.defineTheme(name, {
        base: look.base,
        inherit: true,
        rules: [
          { token: "argument.identifier.gql", foreground: look.argument },
          { token: "comment.gql", foreground: look.comment },
        ],
        colors: {
          "editor.background": "#ffffff00",
          "scrollbar.shadow": "#ffffff00",
          focusBorder: look.accent,
          highlight: look.accent,
          "textLink.foreground": look.accent,
          "textLink.activeForeground": look.accent,
          "editorLink.activeForeground": look.accent,
          "editorWidget.background": look.ground,
          "editorWidget.resizeBorder": look.accent,
          "editorHoverWidget.background": look.ground,
          "editorSuggestWidget.background": look.ground,
          "editorSuggestWidget.selectedBackground": look.tint,
          "editorSuggestWidget.selectedForeground": look.accent,
          "list.hoverBackground": look.tint,
          "list.highlightForeground": look.accent,
          "list.focusHighlightForeground": look.accent,
          "menu.background": look.ground,
          "menu.selectionBackground": look.tint,
          "menu.selectionForeground": look.accent,
          "quickInput.background": look.ground,
          "quickInputList.focusBackground": look.tint,
          "quickInputList.focusForeground": look.accent,
          "pickerGroup.foreground": look.accent,
          "input.background": look.field,
          "inputOption.hoverBackground": look.tint,
          "toolbar.hoverBackground": look.tint,
        },
      });
    }
  }, [monaco]);

  useEffect(() => {
    for (const editor of [queryEditor, variableEditor, headerEditor, responseEditor]) {
      editor?.updateOptions({ fontSize: 13, lineHeight: 20, wordWrap: "on", wrappingIndent: "indent" });
    }
  }, [queryEditor, variableEditor, headerEditor, responseEditor]);

  return null;
}
