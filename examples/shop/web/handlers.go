package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/aerosql/aerosql/mapper"

	"github.com/aerosql/aerosql/examples/shop/catalog"
	"github.com/aerosql/aerosql/examples/shop/order"
	"github.com/aerosql/aerosql/examples/shop/report"
	"github.com/aerosql/aerosql/examples/shop/session"
)

func (s *Shop) logIn(_ http.ResponseWriter, r *http.Request) (any, error) {
	var in struct{ Customer string }
	if err := read(r, &in); err != nil {
		return nil, err
	}
	if in.Customer == "" {
		return nil, fmt.Errorf("%w: no customer", errRequest)
	}
	token, err := s.Sessions.Start(r.Context(), in.Customer) // a real shop checks a password first
	return map[string]string{"token": token}, err
}

func (s *Shop) logOut(_ http.ResponseWriter, r *http.Request) (any, error) {
	return struct{}{}, s.Sessions.End(r.Context(), token(r))
}

func token(r *http.Request) string {
	token, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	return token
}

// customer returns who sends the request.
func (s *Shop) customer(r *http.Request) (string, error) {
	if token(r) == "" {
		return "", session.ErrNone
	}
	current, err := s.Sessions.Use(r.Context(), token(r))
	if err != nil {
		return "", err
	}
	return current.Customer, nil
}

const pageSize = 20

func (s *Shop) products(_ http.ResponseWriter, r *http.Request) (any, error) {
	tag := r.FormValue("tag")
	if tag == "" {
		return nil, fmt.Errorf("%w: no tag", errRequest)
	}
	page, err := s.Catalog.Tagged(r.Context(), tag, mapper.Cursor(r.FormValue("cursor")), pageSize)
	return map[string]any{"products": page.Items, "next": page.Next}, err
}

func (s *Shop) product(w http.ResponseWriter, r *http.Request) (any, error) {
	product, err := s.Catalog.Products.Find(r.Context(), r.PathValue("sku"))
	if err != nil {
		return nil, err
	}
	if err := s.Views.Count(r.Context(), product.SKU); err != nil {
		s.Log.WarnContext(r.Context(), "a view was not counted", "err", err) // not worth failing for
	}
	n, err := s.Views.Recent(r.Context(), product.SKU)
	if err != nil {
		return nil, err
	}
	w.Header().Set("ETag", strconv.Quote(strconv.FormatUint(uint64(product.Version), 10)))
	return map[string]any{"product": product, "views": n}, nil
}

// saveProduct creates a product if the request has no version, and changes one otherwise.
func (s *Shop) saveProduct(_ http.ResponseWriter, r *http.Request) (any, error) {
	var product catalog.Product
	if err := read(r, &product); err != nil {
		return nil, err
	}
	product.SKU, product.Version = r.PathValue("sku"), 0
	match := r.Header.Get("If-Match")
	if match == "" {
		return &product, s.Catalog.Products.Insert(r.Context(), &product)
	}
	version, err := strconv.ParseUint(strings.Trim(match, `"`), 10, 16)
	if err != nil || version == 0 {
		return nil, fmt.Errorf("%w: If-Match is not the ETag of a product", errRequest)
	}
	product.Version = uint32(version)
	return &product, s.Catalog.Products.Update(r.Context(), &product)
}

func (s *Shop) branches(_ http.ResponseWriter, r *http.Request) (any, error) {
	var lon, lat, meters float64
	for name, target := range map[string]*float64{"lon": &lon, "lat": &lat, "meters": &meters} {
		x, err := strconv.ParseFloat(r.FormValue(name), 64)
		if err != nil {
			return nil, fmt.Errorf("%w: %s is not a number", errRequest, name)
		}
		*target = x
	}
	return s.Catalog.Near(r.Context(), lon, lat, meters)
}

func (s *Shop) saveBranch(_ http.ResponseWriter, r *http.Request) (any, error) {
	var in struct {
		Name     string
		Lon, Lat float64
	}
	if err := read(r, &in); err != nil {
		return nil, err
	}
	branch := &catalog.Branch{ID: r.PathValue("id"), Name: in.Name, Place: mapper.Point(in.Lon, in.Lat)}
	return branch, s.Catalog.Branches.Save(r.Context(), branch)
}

func (s *Shop) placeOrder(_ http.ResponseWriter, r *http.Request) (any, error) {
	customer, err := s.customer(r)
	if err != nil {
		return nil, err
	}
	var in struct{ Lines []order.Line }
	if err := read(r, &in); err != nil {
		return nil, err
	}
	return s.Orders.Place(r.Context(), r.PathValue("id"), customer, in.Lines)
}

func (s *Shop) ownOrders(_ http.ResponseWriter, r *http.Request) (any, error) {
	customer, err := s.customer(r)
	if err != nil {
		return nil, err
	}
	return s.Orders.Of(r.Context(), customer)
}

func (s *Shop) sales(_ http.ResponseWriter, r *http.Request) (any, error) {
	from, to, err := days(r)
	if err != nil {
		return nil, err
	}
	return report.Sales(r.Context(), s.DB, from, to)
}

func (s *Shop) best(_ http.ResponseWriter, r *http.Request) (any, error) {
	from, to, err := days(r)
	if err != nil {
		return nil, err
	}
	return report.Best(r.Context(), s.DB, from, to, 10)
}

func (s *Shop) healthy(_ http.ResponseWriter, r *http.Request) (any, error) {
	return struct{}{}, s.DB.PingContext(r.Context())
}

func days(r *http.Request) (from, to int, err error) {
	from, errFrom := strconv.Atoi(r.FormValue("from"))
	to, errTo := strconv.Atoi(r.FormValue("to"))
	if errFrom != nil || errTo != nil {
		return 0, 0, fmt.Errorf("%w: from and to must be days such as 20260131", errRequest)
	}
	return from, to, nil
}

// read decodes the body of a request.
func read(r *http.Request, into any) error {
	body := json.NewDecoder(r.Body)
	body.DisallowUnknownFields()
	if err := body.Decode(into); err != nil {
		return fmt.Errorf("%w: %w", errRequest, err)
	}
	return nil
}
