// Package shop has mapped structs for the tests of aerosql gen.
package shop

import (
	"database/sql"
	"net/netip"
	"time"

	"github.com/aerosql/aerosql/mapper"
)

type Level int8

type Address struct {
	City string `as:"city"`
	Zip  int    `as:"zip"`
}

type base struct {
	Created time.Time `as:"created"`
}

type Order struct {
	base
	ID      string             `as:"id,pk"`
	Amount  float64            `as:"amount"`
	Level   Level              `as:"level"`
	Note    *string            `as:"note"`
	Tags    []string           `as:"tags"`
	Prefs   map[string]int     `as:"prefs"`
	Photo   []byte             `as:"photo"`
	Ship    Address            `as:"ship"`
	Lines   []Line             `as:"lines"`
	ByName  map[string]Address `as:"by_name"`
	Where   mapper.GeoJSON     `as:"where"`
	Host    netip.Addr         `as:"host"`
	Paid    sql.NullInt64      `as:"paid"`
	Done    bool               `as:"done"`
	Raw     Address            `as:"raw,json"`
	Parent  *Node              `as:"parent"`
	Hidden  chan int           `as:"-"`
	More    map[string]any     `as:",rest"`
	Version uint32             `asm:"gen"`
	Left    time.Duration      `asm:"ttl"`
}

type Line struct {
	Article string `as:"article"`
	Qty     int    `as:"qty"`
}

type Node struct {
	Name string `as:"name"`
	Next *Node  `as:"next"`
}

// Expensive uses the variable that is generated.
var Expensive = OrderFields.Amount.Gt(1000)
