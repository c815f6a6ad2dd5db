package server

import (
	"errors"
	"log/slog"
	"net/http"
	"strings"

	"github.com/countyql/countyql/access"
	"github.com/countyql/countyql/indicator"
)

// Access says who may do what.
type Access struct {
	// Verifier tells who a bearer token is. Default: no token is accepted.
	Verifier access.Verifier
	// Required refuses requests without a token. Default: everybody may read.
	Required bool

	pace *pace
}

func (a Access) withDefaults() Access {
	if a.Verifier == nil {
		a.Verifier = access.Bearers{}
	}
	return a
}

// authenticated finds out who sends a request and puts it into the context. A token that is sent must be good, also where none
// is needed: a client whose token has expired should learn it.
func authenticated(next http.Handler, a Access, logger *slog.Logger) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		principal, err := a.principal(r)
		if err != nil {
			var typed *indicator.Error
			switch {
			case !errors.As(err, &typed):
				logger.ErrorContext(r.Context(), "a token cannot be verified", "request", requestID(r.Context()), "error", err)
				refuseBearer(w, indicator.Errorf(indicator.Internal, "internal error"), false)
			case typed.Code == indicator.Overloaded:
				refuseRate(w, r, typed)
			default:
				refuseBearer(w, typed, r.Header.Get("Authorization") != "")
			}
			return
		}
		recordOf(r.Context()).principal.Store(principal) // the context has it from here on
		next.ServeHTTP(w, r)
	})
}

// principal is who sends a request, by its Authorization header alone: what stands in an address ends up in logs.
func (a Access) principal(r *http.Request) (*access.Principal, error) {
	headers := r.Header.Values("Authorization")
	if len(headers) == 0 {
		if !a.Required {
			return access.Public(), nil
		}
		if err := a.pace.step(r.Context()); err != nil {
			return nil, err
		}
		err := indicator.Errorf(indicator.Unauthenticated, "this server answers to those with a token")
		err.Hint = "send Authorization: Bearer TOKEN"
		return nil, err
	}
	scheme, token, found := strings.Cut(headers[0], " ")
	if token = strings.TrimSpace(token); len(headers) > 1 || !found || !strings.EqualFold(scheme, "Bearer") || token == "" {
		err := indicator.Errorf(indicator.Unauthenticated, "the Authorization header is not one bearer token")
		err.Hint = "send Authorization: Bearer TOKEN"
		return nil, err
	}
	address := recordOf(r.Context()).address
	if err := a.pace.guess(address, token); err != nil {
		return nil, err
	}
	principal, err := a.Verifier.Verify(r.Context(), token)
	a.pace.judged(address, token, err)
	return principal, err
}

// refuseBearer refuses a request as RFC 6750 says: a challenge, with what is wrong with the token where one was sent.
func refuseBearer(w http.ResponseWriter, err *indicator.Error, sent bool) {
	const challenge = `Bearer realm="countyql"`
	status := http.StatusInternalServerError
	switch err.Code {
	case indicator.Unauthenticated:
		status = http.StatusUnauthorized
		text := challenge
		if sent {
			text += `, error="invalid_token", error_description="` + quotable(err.Message) + `"`
		}
		w.Header().Set("WWW-Authenticate", text)
	case indicator.Forbidden:
		status = http.StatusForbidden
		w.Header().Set("WWW-Authenticate", challenge+`, error="insufficient_scope", error_description="`+quotable(err.Message)+`"`)
	case indicator.Unavailable:
		status = http.StatusServiceUnavailable
	}
	refuse(w, status, err)
}

// quotable leaves out what may not stand in an error_description.
func quotable(text string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x20 || r > 0x7e || r == '"' || r == '\\' {
			return -1
		}
		return r
	}, text)
}

// authorized refuses principals without a role, and those with a scope where more than reading is needed: that is about everything.
func authorized(next http.Handler, role access.Role) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		principal, ok := access.Of(r.Context())
		if ok && principal.May(role) && (role == access.Reader || principal.Scope.Everything()) {
			next.ServeHTTP(w, r)
			return
		}
		if !ok || principal.Name == "" {
			err := indicator.Errorf(indicator.Unauthenticated, "this needs a token of the role %s", role)
			err.Hint = "send Authorization: Bearer TOKEN"
			refuseBearer(w, err, false)
			return
		}
		err := indicator.Errorf(indicator.Forbidden, "this needs the role %s, and the token has the role %s", role, principal.Role)
		err.Hint = "ask whoever runs this server for a token of that role"
		if principal.May(role) {
			err = indicator.Errorf(indicator.Forbidden, "a token with a scope may do nothing but ask: the rest is about everything")
			err.Hint = "use a token without a scope"
		}
		refuseBearer(w, err, true)
	})
}
