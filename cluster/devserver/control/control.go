// Package control lets programs in any language control a devserver over HTTP: nodes, faults, time,
// namespaces, records, history and counters. Requests and answers are JSON. The document at
// /openapi.json describes all routes; it is generated from the table that serves them.
//
//	handler := control.New(server, control.Options{})
//	http.ListenAndServe("127.0.0.1:3999", handler)
//
// An error is an object {"error": "..."} with a status of 400 or above: 400 if the request makes no
// sense, 401 without the token, 404 if something that the request names does not exist, 409 if the
// state of the cluster does not allow it. With the query parameter fork=ID a request is about a
// fork that POST /v1/forks made.
package control

import (
	"crypto/subtle"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"strings"
	"sync"

	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/cluster/devserver/seed"
	"github.com/aerosql/aerosql/protocol"
)

// Options configures a Handler.
type Options struct {
	// Token, if not "", must be sent by clients as "Authorization: Bearer TOKEN". The OpenAPI
	// document needs no token.
	Token string
}

// A Handler serves the routes for one server and its forks. Close it when done.
type Handler struct {
	mux   *http.ServeMux
	token string
	own   *target // the server that was passed to New

	mu     sync.Mutex
	forks  map[string]*target
	last   int // number of the last fork
	closed bool
}

// A target is a server that requests are about, with what clients have installed in it.
type target struct {
	server *devserver.Server

	mu     sync.Mutex
	faults []*installed
	holds  map[string]func()
	last   int // number of the last fault or hold
}

// New returns a handler for the server. The caller remains responsible for the server; forks are
// closed by [Handler.Close].
func New(server *devserver.Server, o Options) *Handler {
	h := &Handler{mux: http.NewServeMux(), token: o.Token, own: newTarget(server), forks: make(map[string]*target)}
	for _, r := range routes() {
		h.mux.HandleFunc(r.method+" "+r.path, h.serve(r))
	}
	h.mux.HandleFunc("GET /openapi.json", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(Document())
	})
	return h
}

func newTarget(s *devserver.Server) *target {
	return &target{server: s, holds: make(map[string]func())}
}

// Close closes all forks and removes the faults and holds that clients have installed.
func (h *Handler) Close() error {
	h.mu.Lock()
	h.closed = true
	forks := h.forks
	h.forks = make(map[string]*target)
	h.mu.Unlock()
	h.own.release()
	var errs []error
	for _, t := range forks {
		t.release()
		errs = append(errs, t.server.Close())
	}
	return errors.Join(errs...)
}

// maxBody is the size of the largest request.
const maxBody = 1 << 30

// ServeHTTP serves a request.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	h.mux.ServeHTTP(w, r)
}

// A call is a request while it is served.
type call struct {
	*target
	handler *Handler
	request *http.Request
	writer  http.ResponseWriter
}

// path returns a variable of the route.
func (c *call) path(name string) string { return c.request.PathValue(name) }

// query returns a query parameter, "" if it is missing.
func (c *call) query(name string) string { return c.request.URL.Query().Get(name) }

// A statusError is an error with its HTTP status.
type statusError struct {
	status int
	err    error
}

func (e *statusError) Error() string { return e.err.Error() }

func (e *statusError) Unwrap() error { return e.err }

// notFound returns an error about something that does not exist.
func notFound(text string) error { return &statusError{http.StatusNotFound, errors.New(text)} }

// streamed is the result of a route that has written its answer itself.
type streamed struct{}

// serve returns the HTTP function of a route.
func (h *Handler) serve(r route) http.HandlerFunc {
	return func(w http.ResponseWriter, request *http.Request) {
		result, err := h.answer(r, w, request)
		if err != nil {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(statusOf(err))
			_ = json.NewEncoder(w).Encode(failure{err.Error()})
			return
		}
		if _, done := result.(streamed); done {
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(result)
	}
}

// A failure is the body of an error.
type failure struct {
	Error string `json:"error"`
}

func (h *Handler) answer(r route, w http.ResponseWriter, request *http.Request) (any, error) {
	const bearer = "Bearer "
	sent, ok := strings.CutPrefix(request.Header.Get("Authorization"), bearer)
	if h.token != "" && (!ok || subtle.ConstantTimeCompare([]byte(sent), []byte(h.token)) != 1) {
		return nil, &statusError{http.StatusUnauthorized, errors.New("the token is missing or wrong: send Authorization: Bearer TOKEN")}
	}
	// Browsers send this header. A page that a developer visits must not control the server.
	if request.Header.Get("Origin") != "" && h.token == "" {
		return nil, &statusError{http.StatusForbidden, errors.New("requests from web pages need a token")}
	}
	t, err := h.find(request.URL.Query().Get("fork"))
	if err != nil {
		return nil, err
	}
	return r.serve(&call{target: t, handler: h, request: request, writer: w})
}

// find returns the target of a request: the server, or one of its forks.
func (h *Handler) find(fork string) (*target, error) {
	if fork == "" {
		return h.own, nil
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if t := h.forks[fork]; t != nil {
		return t, nil
	}
	return nil, notFound("no fork " + fork)
}

// statusOf returns the HTTP status of an error.
func statusOf(err error) int {
	var status *statusError
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &status):
		return status.status
	case errors.As(err, &tooLarge):
		return http.StatusRequestEntityTooLarge
	case errors.Is(err, devserver.ErrUnsettled), errors.Is(err, devserver.ErrClosed), errors.Is(err, devserver.ErrNamespaceExists):
		return http.StatusConflict
	case errors.Is(err, protocol.InvalidNamespace), errors.Is(err, devserver.ErrNoNode), errors.Is(err, devserver.ErrNoNamespace):
		return http.StatusNotFound
	case errors.Is(err, fs.ErrNotExist):
		return http.StatusNotFound
	case errors.Is(err, seed.ErrFormat):
		return http.StatusBadRequest
	}
	return http.StatusBadRequest
}

// decode reads the JSON body of a request. An empty body leaves v as it is.
func decode(r io.Reader, v any) error {
	d := json.NewDecoder(r)
	d.DisallowUnknownFields()
	err := d.Decode(v)
	if errors.Is(err, io.EOF) {
		return nil
	}
	if err == nil {
		if _, end := d.Token(); !errors.Is(end, io.EOF) {
			err = errors.New("text after the JSON of the request")
		}
	}
	return err
}
