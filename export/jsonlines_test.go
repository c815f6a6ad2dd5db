package export

import (
	"bytes"
	"encoding/json"
	"testing"

	"pgregory.net/rapid"
)

// Texts are written as the standard library writes them.
func TestJSONTexts(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(
			rapid.String(), rapid.StringN(0, 4, -1), rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) }),
			rapid.SampledFrom([]string{"天桥区", "a\"b", `a\b`, "\u2028", "<&>", "\x7f", "\t", "\xff", "é\xc3"}),
		).Draw(t, "text")
		if text == "" {
			return // null
		}
		var got, want bytes.Buffer
		w, err := newJSONLines(&got, []Column{{"x", Text}}, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Write([]Cell{{Known: true, Text: text}}); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		encoder := json.NewEncoder(&want)
		encoder.SetEscapeHTML(false)
		if err := encoder.Encode(map[string]string{"x": text}); err != nil {
			t.Fatal(err)
		}
		if got.String() != want.String() {
			t.Fatalf("%q is written %s, want %s", text, &got, &want)
		}
	})
}
