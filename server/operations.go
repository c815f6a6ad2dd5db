package server

import (
	"net"
	"net/http"
	"net/http/pprof"
	"strings"

	"github.com/countyql/countyql/access"
	"github.com/countyql/countyql/query"
)

// operations adds what is there for those who run the server: health for everybody, measurements and profiles for
// administrators and for this machine.
func (h *Handler) operations(routes *http.ServeMux, service *query.Service, options Options) {
	guarded := func(next http.HandlerFunc) http.Handler {
		admins := authenticated(authorized(next, access.Admin), options.Access, options.Logger)
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if local(r) {
				next(w, r)
				return
			}
			admins.ServeHTTP(w, r)
		})
	}
	h.health(routes, service)
	routes.Handle("GET /metrics", guarded(options.Telemetry.Handler().ServeHTTP))
	if !options.Profiles {
		return
	}
	for path, profile := range map[string]http.HandlerFunc{
		"": pprof.Index, "cmdline": pprof.Cmdline, "profile": pprof.Profile, "symbol": pprof.Symbol, "trace": pprof.Trace,
	} {
		routes.Handle("GET /debug/pprof/"+path, untimed(guarded(profile)))
	}
}

// Operations returns a handler for an address of its own that clients do not reach: metrics, and the health of h, without a token.
func (h *Handler) Operations(service *query.Service, options Options) *Handler {
	options = options.withDefaults()
	routes := http.NewServeMux()
	h.health(routes, service)
	routes.Handle("GET /metrics", options.Telemetry.Handler())
	return &Handler{Handler: secured(routes), timeout: options.Timeout}
}

// health adds /healthz, which answers as long as the process does, and /readyz.
func (h *Handler) health(routes *http.ServeMux, service *query.Service) {
	alive := func(w http.ResponseWriter, _ *http.Request) { respond(w, http.StatusOK, "ok") }
	ready := func(w http.ResponseWriter, r *http.Request) { h.serveReady(w, r, service) }
	routes.HandleFunc("GET /healthz", alive)
	routes.HandleFunc("GET /readyz", ready)
}

// serveReady tells whether the service can answer: whether a snapshot is published and the server is not about to end.
func (h *Handler) serveReady(w http.ResponseWriter, r *http.Request, service *query.Service) {
	if h.draining.Load() {
		respond(w, http.StatusServiceUnavailable, "the server is about to end\n")
		return
	}
	session, release, err := service.Open(access.With(r.Context(), access.System()))
	if err != nil {
		respond(w, http.StatusServiceUnavailable, "no snapshot is published\n")
		return
	}
	defer release()
	respond(w, http.StatusOK, "ready: snapshot "+session.SnapshotID()+"\n")
}

// local reports whether a request comes from this machine and was sent to it: not for somebody else by a proxy that runs here, and
// not by a page in a browser under a name that was made to mean this machine.
func local(r *http.Request) bool {
	for _, header := range []string{"Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-Ip"} {
		if r.Header.Get(header) != "" {
			return false
		}
	}
	return loopback(r.RemoteAddr) && (loopback(r.Host) || strings.EqualFold(hostname(r.Host), "localhost"))
}

func loopback(address string) bool {
	ip := net.ParseIP(strings.Trim(hostname(address), "[]"))
	return ip != nil && ip.IsLoopback()
}

// hostname is an address without its port.
func hostname(address string) string {
	if host, _, err := net.SplitHostPort(address); err == nil {
		return host
	}
	return address
}
