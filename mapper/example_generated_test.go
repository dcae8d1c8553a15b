package mapper_test

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/aerosql/aerosql/mapper"
)

type Seat struct {
	ID    string    `as:"id,pk"`
	Row   int       `as:"row"`
	Taken bool      `as:"taken"`
	Guest string    `as:"guest"`
	Until time.Time `as:"until"`
}

// BinForms, AppendBins and DecodeBins write and read the bins of [Seat] for package mapper.
func (*Seat) BinForms() string {
	return "Seat row:int taken:bool guest:string until:field"
}

// AppendBins writes the bins; see BinForms.
func (x *Seat) AppendBins(w mapper.BinWriter) error {
	w = w.Int("\x00\x00\x00\x0f\x02\x01\x00\x03"+"row", int64(x.Row))
	w = w.Bool("taken", x.Taken)
	w = w.String("\x00\x00\x00\t\x02\x03\x00\x05"+"guest", x.Guest)
	w = w.Field(3) // Until
	return w.End()
}

// DecodeBins reads the bins; see BinForms.
func (x *Seat) DecodeBins(r mapper.BinReader) error {
	mapper.ReadInt(&r, 0, &x.Row)
	mapper.ReadBool(&r, 1, &x.Taken)
	mapper.ReadString(&r, 2, &x.Guest)
	r.Field(3) // Until
	return r.End()
}

// Code that uses the type doesn't change, nor does what is stored.
func Example_generatedMethods() {
	ctx := context.Background()
	db, err := sql.Open("aerospike", "aerospike+mem://example-generated/test")
	must(err)
	defer db.Close()

	seats, err := mapper.NewTable[string, Seat](db)
	must(err)
	must(seats.Save(ctx, &Seat{"12A", 12, true, "Ada", time.Unix(1700000000, 0)}))
	seat, err := seats.Find(ctx, "12A")
	must(err)
	fmt.Println(seat.Row, seat.Taken, seat.Guest, seat.Until.Year())
	var guest string
	must(db.QueryRow("SELECT guest FROM seat WHERE PK = '12A'").Scan(&guest))
	fmt.Println(guest)
	// Output:
	// 12 true Ada 2023
	// Ada
}

// A Berth has methods that were written before the struct got its last field.
type Berth struct {
	ID   string `as:"id,pk"`
	Car  int    `as:"car"`
	Side string `as:"side"`
}

func (*Berth) BinForms() string { return "Berth car:int" }

func (x *Berth) AppendBins(w mapper.BinWriter) error {
	w = w.Int("\x00\x00\x00\x0f\x02\x01\x00\x03"+"car", int64(x.Car))
	return w.End()
}

func (x *Berth) DecodeBins(r mapper.BinReader) error {
	mapper.ReadInt(&r, 0, &x.Car)
	return r.End()
}

// Methods that are out of date are an error of New.
func Example_generatedMethodsOutOfDate() {
	db, err := sql.Open("aerospike", "aerospike+mem://example-out-of-date/test")
	must(err)
	defer db.Close()

	_, err = mapper.New[Berth](db)
	fmt.Println(err)
	// Output: mapper: the generated method AppendBins of Berth is out of date: it has 1 bins, and the struct has 2; run aerosql gen
}
