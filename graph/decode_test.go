package graph

import (
	"net/http"
	"reflect"
	"testing"
	"unicode/utf8"
)

// Parameters that are read quickly are those that are read one by one, and what is wrong is left to that.
func FuzzParameters(f *testing.F) {
	for _, body := range []string{
		`{"query":"{ a }"}`, `{"query":"{ a }","variables":{"x":[1,1.50,"a",null,{"y":true}]},"operationName":"b","id":null,"extensions":{}}`,
		`{"query":7}`, `{"variables":[]}`, `{"query":"a"} x`, `{"query":"a"}{}`, `{"query":"a",}`, `{}`, `{"Query":"a"}`, `{"query":"\ud800"}`,
		`{"query":"a","query":"b","variables":{"x":1,"x":2}}`, `{"variables":{"x":1e999}}`, "{\"query\":\"a\nb\"}", `{"query":"a\u00e9\n\ud83d\ude00"}`, `{"variables":{"\u0061":"\udc00"}}`,
	} {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		if !utf8.Valid(body) {
			return // which is refused before
		}
		got, ok := usualParameters(body)
		fields, refused := parseObject(body)
		var want *parameters
		if refused == nil {
			want, refused = parametersOf(fields)
		}
		if !ok {
			return
		}
		if refused != nil || !reflect.DeepEqual(want, got) {
			t.Errorf("%s: %+v, one by one %+v, %+v", body, got, want, refused)
		}
	})
}

// What clients send is read quickly.
func TestParameters_Usual(t *testing.T) {
	t.Parallel()
	body := []byte(`{"query":"query($x: Int) { a }","variables":{"x":1},"operationName":null}`)
	if _, ok := usualParameters(body); !ok {
		t.Error("read one by one")
	}
	if got, refused := decodeParameters(http.MethodPost, body); refused != nil || got.Query == "" || len(got.Variables) != 1 {
		t.Errorf("%+v, %+v", got, refused)
	}
}
