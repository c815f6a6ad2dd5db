package server

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/countyql/countyql/access"
	"github.com/countyql/countyql/indicator"
)

// tokens are principals by token.
type tokens map[string]*access.Principal

func (v tokens) Verify(_ context.Context, token string) (*access.Principal, error) {
	if p := v[token]; p != nil {
		return p, nil
	}
	return nil, indicator.Errorf(indicator.Unauthenticated, `the "token" is not known here`)
}

var somebody = tokens{
	"r": {Name: "anna", Role: access.Reader},
	"l": {Name: "ben", Role: access.Loader},
	"a": {Name: "cleo", Role: access.Admin},
	"s": {Name: "dora", Role: access.Admin, Scope: access.Scope{Regions: []string{"37"}}},
}

func TestAuthenticated(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name          string
		required      bool
		role          access.Role // demanded by what is behind
		authorization []string
		status        int
		principal     string // that arrives
		code          string // of the error
		challenge     string // in WWW-Authenticate
	}{
		{"public", false, access.Reader, nil, 200, "", "", ""},
		{"a good token where none is needed", false, access.Reader, []string{"Bearer r"}, 200, "anna", "", ""},
		{"a bad token where none is needed", false, access.Reader, []string{"Bearer x"}, 401, "", "UNAUTHENTICATED", `error="invalid_token", error_description="the token is not known here"`},
		{"no token", true, access.Reader, nil, 401, "", "UNAUTHENTICATED", `Bearer realm="countyql"`},
		{"a good token", true, access.Reader, []string{"Bearer r"}, 200, "anna", "", ""},
		{"scheme in lower case", true, access.Reader, []string{"bearer  r "}, 200, "anna", "", ""},
		{"another scheme", true, access.Reader, []string{"Basic r"}, 401, "", "UNAUTHENTICATED", "invalid_token"},
		{"no scheme", true, access.Reader, []string{"r"}, 401, "", "UNAUTHENTICATED", "invalid_token"},
		{"nothing after the scheme", true, access.Reader, []string{"Bearer "}, 401, "", "UNAUTHENTICATED", "invalid_token"},
		{"two headers", true, access.Reader, []string{"Bearer r", "Bearer a"}, 401, "", "UNAUTHENTICATED", "invalid_token"},
		{"empty header", false, access.Reader, []string{""}, 401, "", "UNAUTHENTICATED", "Bearer"},
		{"public, a role needed", false, access.Loader, nil, 401, "", "UNAUTHENTICATED", "Bearer"},
		{"too low a role", false, access.Loader, []string{"Bearer r"}, 403, "", "FORBIDDEN", "insufficient_scope"},
		{"the role", false, access.Loader, []string{"Bearer l"}, 200, "ben", "", ""},
		{"a scope", false, access.Admin, []string{"Bearer s"}, 403, "", "FORBIDDEN", "insufficient_scope"},
		{"a scope where reading is all", false, access.Reader, []string{"Bearer s"}, 200, "dora", "", ""},
		{"a higher role", false, access.Loader, []string{"Bearer a"}, 200, "cleo", "", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			arrived := "nobody"
			inner := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				if p, ok := access.Of(r.Context()); ok {
					arrived = p.Name
				}
			})
			handler := identify(authenticated(authorized(inner, test.role), Access{Verifier: somebody, Required: test.required}, slog.New(slog.DiscardHandler)))
			request := httptest.NewRequest(http.MethodPost, "/?access_token=a", nil)
			request.Header["Authorization"] = test.authorization
			answer := httptest.NewRecorder()
			handler.ServeHTTP(answer, request)
			if answer.Code != test.status {
				t.Errorf("status %d, want %d", answer.Code, test.status)
			}
			if test.status == http.StatusOK {
				if arrived != test.principal {
					t.Errorf("%q arrives, want %q", arrived, test.principal)
				}
				return
			}
			if arrived != "nobody" {
				t.Errorf("%q arrives", arrived)
			}
			var body struct {
				Errors []struct {
					Extensions struct{ Code string }
				}
			}
			if err := json.Unmarshal(answer.Body.Bytes(), &body); err != nil || len(body.Errors) != 1 || body.Errors[0].Extensions.Code != test.code {
				t.Errorf("%v in %s", err, answer.Body)
			}
			if got := answer.Header().Get("WWW-Authenticate"); !strings.Contains(got, test.challenge) {
				t.Errorf("challenge %q", got)
			}
		})
	}
}
