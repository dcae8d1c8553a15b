// Package order keeps orders. An order and the stock that it takes are one transaction.
package order

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/aerosql/aerosql/driver"
	"github.com/aerosql/aerosql/mapper"

	"github.com/aerosql/aerosql/examples/shop/catalog"
)

var (
	// ErrInvalid means that an order can't be placed as it is.
	ErrInvalid = errors.New("invalid order")
	// ErrOutOfStock means that there is not enough of a product.
	ErrOutOfStock = errors.New("out of stock")
	// ErrTaken means that another customer has an order with the same id.
	ErrTaken = errors.New("the id is taken")
)

//go:generate go run github.com/aerosql/aerosql/cmd/aerosql gen

// An Order is what a customer has bought.
type Order struct {
	ID       string    `as:"id,pk" json:"id"`
	Customer string    `as:"customer,index" json:"customer"`
	Lines    []Line    `as:"lines" json:"lines"`
	Total    int64     `as:"total" json:"total"`   // in cents
	Day      int       `as:"day,index" json:"day"` // such as 20260131
	At       time.Time `as:"at" json:"at"`
}

// A Line is a number of pieces of one product.
type Line struct {
	SKU   string `as:"sku" json:"sku"`
	Qty   int    `as:"qty" json:"qty"`
	Price int64  `as:"price" json:"price"` // of one piece when it was sold
}

// Validate is called by the mapper before each write.
func (o *Order) Validate() error {
	if o.ID == "" || o.Customer == "" || len(o.Lines) == 0 {
		return fmt.Errorf("%w: it needs an id, a customer and at least one line", ErrInvalid)
	}
	if slices.ContainsFunc(o.Lines, func(l Line) bool { return l.Qty < 1 }) {
		return fmt.Errorf("%w: the quantity of each line must be positive", ErrInvalid)
	}
	return nil
}

// Orders has all orders.
type Orders struct {
	Table    *mapper.Table[string, Order]
	db       *sql.DB
	products *mapper.Table[string, catalog.Product]
	now      func() time.Time
}

// New returns the orders in the namespace of the database, which must have transactions.
func New(db *sql.DB, products *mapper.Table[string, catalog.Product], now func() time.Time) (*Orders, error) {
	table, err := mapper.NewTable[string, Order](db, mapper.WithSet("orders"))
	if err != nil {
		return nil, err
	}
	return &Orders{table, db, products, now}, nil
}

// Place takes the products from the stock and stores the order, or does neither. The caller chooses
// the id and can repeat a call whose outcome it doesn't know: an order that exists is returned as
// it is.
func (o *Orders) Place(ctx context.Context, id, customer string, lines []Line) (*Order, error) {
	now := o.now().UTC()
	placed := &Order{ID: id, Customer: customer, Lines: slices.Clone(lines), At: now, Day: Day(now)}
	if err := placed.Validate(); err != nil {
		return nil, err
	}
	err := driver.Transact(ctx, o.db, nil, func(ctx context.Context) error { // may run several times
		placed.Total = 0
		for i := range placed.Lines {
			if err := o.take(ctx, &placed.Lines[i]); err != nil {
				return err
			}
			placed.Total += placed.Lines[i].Price * int64(placed.Lines[i].Qty)
		}
		return o.Table.Insert(ctx, placed)
	})
	if errors.Is(err, mapper.ErrExists) {
		return o.existing(ctx, id, customer)
	}
	if err != nil {
		return nil, err
	}
	return placed, nil
}

// take takes the products of a line from the stock and sets its price. The server checks the stock
// in the same command.
func (o *Orders) take(ctx context.Context, l *Line) error {
	stock := catalog.ProductFields.Stock
	product, err := o.products.Change(ctx, l.SKU, stock.Add(-l.Qty), mapper.If(stock.Ge(l.Qty)))
	if errors.Is(err, mapper.ErrCondition) {
		return fmt.Errorf("%d of %s: %w", l.Qty, l.SKU, ErrOutOfStock)
	}
	if err != nil {
		return err
	}
	l.Price = product.Price
	return nil
}

func (o *Orders) existing(ctx context.Context, id, customer string) (*Order, error) {
	found, err := o.Table.Find(ctx, id)
	if err == nil && found.Customer != customer {
		return nil, ErrTaken
	}
	return found, err
}

// Of returns the orders of a customer, the newest first.
func (o *Orders) Of(ctx context.Context, customer string) ([]*Order, error) {
	return o.Table.Where(OrderFields.Customer.Eq(customer)).OrderBy(OrderFields.At.Desc()).Slice(ctx)
}

// Day returns the number of a time's day, such as 20260131.
func Day(t time.Time) int { return t.Year()*10000 + int(t.Month())*100 + t.Day() }
