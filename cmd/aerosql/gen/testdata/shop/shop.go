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

// Payment has a field of each form that generated methods have.
type Payment struct {
	ID     string `as:"id,pk"`
	Amount int64  `as:"amount,index"`
	Level  Level
	Tries  uint16     `as:"tries"`
	Rate   float64    `as:"rate"`
	Share  float32    `as:"share"`
	Done   bool       `as:"done"`
	Text   string     `as:"text"`
	Proof  []byte     `as:"proof"`
	Token  [4]byte    `as:"token,blob"`
	Old    [2]byte    `as:"old"`
	At     time.Time  `as:"at"`
	Note   string     `as:"note,omitempty"`
	Lines  []Line     `as:"lines"`
	Host   netip.Addr `as:"host"`
	Raw    any        `as:"raw,json"`
	Hidden int        `as:"-"`
	Gen    uint32     `asm:"gen"`
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
