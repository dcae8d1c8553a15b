// Package web is the HTTP interface of the shop: JSON in and out.
//
//	POST   /session                  log in, as {"customer": "ada"}; returns a token
//	DELETE /session                  log out
//	GET    /products?tag=&cursor=    a page of products
//	GET    /products/{sku}           a product and how often it was looked at
//	PUT    /products/{sku}           create or change a product; If-Match has the version that was read
//	GET    /branches?lon=&lat=&meters=   the branches near a place
//	PUT    /branches/{id}            open or move a branch
//	PUT    /orders/{id}              place an order; can be repeated
//	GET    /orders                   the customer's own
//	GET    /reports/sales?from=&to=  what was sold on each day, such as from=20260101
//	GET    /reports/best?from=&to=   what was sold most
//	GET    /healthz
//
// Requests about a session or orders have the header "Authorization: Bearer TOKEN".
package web

import (
	"database/sql"
	"encoding/json"
	"log/slog"
	"net/http"

	"github.com/aerosql/aerosql/examples/shop/catalog"
	"github.com/aerosql/aerosql/examples/shop/order"
	"github.com/aerosql/aerosql/examples/shop/session"
	"github.com/aerosql/aerosql/examples/shop/views"
)

// A Shop has what the handlers use.
type Shop struct {
	DB       *sql.DB
	Catalog  *catalog.Catalog
	Sessions *session.Sessions
	Orders   *order.Orders
	Views    *views.Views
	Log      *slog.Logger
}

// A handler returns what is sent as JSON, or an error that becomes a status.
type handler func(w http.ResponseWriter, r *http.Request) (any, error)

// Handler returns the handler of all requests.
func (s *Shop) Handler() http.Handler {
	mux := http.NewServeMux()
	for pattern, h := range map[string]handler{
		"POST /session":       s.logIn,
		"DELETE /session":     s.logOut,
		"GET /products":       s.products,
		"GET /products/{sku}": s.product,
		"PUT /products/{sku}": s.saveProduct,
		"GET /branches":       s.branches,
		"PUT /branches/{id}":  s.saveBranch,
		"PUT /orders/{id}":    s.placeOrder,
		"GET /orders":         s.ownOrders,
		"GET /reports/sales":  s.sales,
		"GET /reports/best":   s.best,
		"GET /healthz":        s.healthy,
	} {
		mux.Handle(pattern, s.serve(h))
	}
	return mux
}

// maxBody is the size of a request in bytes.
const maxBody = 1 << 20

func (s *Shop) serve(h handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		answer, err := h(w, r)
		status := http.StatusOK
		if err != nil {
			status = statusOf(err)
			answer = map[string]string{"error": err.Error()}
			if status >= http.StatusInternalServerError { // the text may say too much
				s.Log.ErrorContext(r.Context(), "request failed", "method", r.Method, "path", r.URL.Path, "err", err)
				answer = map[string]string{"error": http.StatusText(status)}
			}
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		if err := json.NewEncoder(w).Encode(answer); err != nil {
			s.Log.InfoContext(r.Context(), "the client is gone", "err", err)
		}
	})
}
