// Package catalog keeps what the shop sells, and where.
package catalog

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/aerosql/aerosql/mapper"
)

//go:generate go run github.com/aerosql/aerosql/cmd/aerosql gen

// A Product is something that the shop sells. Stock is changed by orders, all else by Save.
type Product struct {
	SKU     string    `as:"sku,pk" json:"sku"`
	Name    string    `as:"name" json:"name"`
	Price   int64     `as:"price" json:"price"` // in cents
	Stock   int       `as:"stock" json:"stock"`
	Tags    []string  `as:"tags,index" json:"tags"`
	Updated time.Time `as:"updated,updated" json:"updated"`
	// Version makes Save fail with mapper.ErrStale if the product was changed since it was read.
	Version uint32 `asm:"gen" json:"version"`
}

// Validate is called by the mapper before each write.
func (p *Product) Validate() error {
	switch {
	case p.SKU == "" || p.Name == "":
		return errors.New("a product needs a SKU and a name")
	case p.Price < 0 || p.Stock < 0:
		return errors.New("price and stock must not be negative")
	}
	return nil
}

// A Branch is a place where the shop sells.
type Branch struct {
	ID    string         `as:"id,pk" json:"id"`
	Name  string         `as:"name" json:"name"`
	Place mapper.GeoJSON `as:"place,index" json:"-"`
}

// A Catalog has the tables of products and branches. Use their own methods for what this package
// adds nothing to.
type Catalog struct {
	Products *mapper.Table[string, Product]
	Branches *mapper.Table[string, Branch]
}

// New returns the catalog in the namespace of the database. The secret signs cursors.
func New(db *sql.DB, secret []byte) (*Catalog, error) {
	products, err := mapper.NewTable[string, Product](db, mapper.WithSet("products"), mapper.WithCursorKey(secret))
	if err != nil {
		return nil, err
	}
	branches, err := mapper.NewTable[string, Branch](db, mapper.WithSet("branches"))
	if err != nil {
		return nil, err
	}
	return &Catalog{products, branches}, nil
}

// Tagged returns a page of the products with a tag. The index of the tags finds them.
func (c *Catalog) Tagged(ctx context.Context, tag string, from mapper.Cursor, n int) (mapper.Page[Product], error) {
	return c.Products.Where(ProductFields.Tags.Contains(tag)).Page(ctx, from, n)
}

// Near returns the branches within a distance.
func (c *Catalog) Near(ctx context.Context, lon, lat, meters float64) ([]*Branch, error) {
	return c.Branches.Where(BranchFields.Place.Within(lon, lat, meters)).Slice(ctx)
}
