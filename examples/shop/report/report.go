// Package report has the statements for those who run the shop. They are SQL, because that is what
// SQL is good at: the same records, grouped and joined.
package report

import (
	"context"
	"database/sql"
)

// A Day is what was sold on a day.
type Day struct {
	Day    int   `json:"day"` // such as 20260131
	Orders int   `json:"orders"`
	Total  int64 `json:"total"` // in cents
}

// The index of the column day finds the orders, so that this works where scans are denied.
const sales = `SELECT day, COUNT(*), SUM(total) FROM orders WHERE day BETWEEN ? AND ? GROUP BY day ORDER BY day`

// Sales returns the days from one to another on which something was sold.
func Sales(ctx context.Context, db *sql.DB, from, to int) (days []Day, err error) {
	rows, err := db.QueryContext(ctx, sales, from, to)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var d Day
		if err := rows.Scan(&d.Day, &d.Orders, &d.Total); err != nil {
			return nil, err
		}
		days = append(days, d)
	}
	return days, rows.Err()
}

// A Seller is a product with what was sold of it.
type Seller struct {
	SKU  string `json:"sku"`
	Name string `json:"name"`
	Qty  int    `json:"qty"`
}

const best = `SELECT l.line.sku, p.name, SUM(l.line.qty) AS sold
	FROM orders AS o, UNNEST(o.lines) AS l (line) JOIN products AS p ON p.sku = l.line.sku
	WHERE o.day BETWEEN ? AND ? GROUP BY l.line.sku, p.name ORDER BY sold DESC, l.line.sku LIMIT ?`

// Best returns the products of which most was sold.
func Best(ctx context.Context, db *sql.DB, from, to, n int) (sellers []Seller, err error) {
	rows, err := db.QueryContext(ctx, best, from, to, n)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var s Seller
		if err := rows.Scan(&s.SKU, &s.Name, &s.Qty); err != nil {
			return nil, err
		}
		sellers = append(sellers, s)
	}
	return sellers, rows.Err()
}
