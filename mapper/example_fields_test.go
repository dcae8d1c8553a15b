package mapper_test

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/aerosql/aerosql/mapper"
)

type Cart struct {
	ID    string          `as:"id,pk"`
	Lines []Line          `as:"lines"`
	ByBox map[string]Line `as:"bybox"`
}

type Line struct {
	Article string `as:"article"`
	Count   int    `as:"count"`
}

type lineOfCart struct {
	Article mapper.Text[Cart, string]
	Count   mapper.Num[Cart, int]
}

type cartFields struct {
	Lines mapper.StructList[Cart, Line, lineOfCart]
	ByBox mapper.StructMap[Cart, string, Line, lineOfCart]
}

var C = mapper.MustFields[Cart, cartFields]()

// openCarts returns a table with one record.
func openCarts(name string) (*mapper.Table[string, Cart], *sql.DB) {
	db, err := sql.Open("aerospike", "aerospike+mem://"+name+"/test")
	must(err)
	carts, err := mapper.NewTable[string, Cart](db)
	must(err)
	must(carts.Save(context.Background(),
		&Cart{"a", []Line{{"pen", 1}, {"ink", 2}}, map[string]Line{"red": {"pen", 1}, "blue": {"ink", 2}}}))
	return carts, db
}

// The server changes fields of structs in a map. The map isn't read or written as a whole.
func ExampleStructMap() {
	carts, db := openCarts("example-struct-map")
	defer db.Close()
	ctx := context.Background()

	must(carts.Patch(ctx, "a",
		C.ByBox.Key("red").Count.Add(4), C.ByBox.Key("blue").Article.Set("paper"), C.ByBox.Put("green", Line{"nib", 9})))
	a, err := carts.Find(ctx, "a")
	must(err)
	fmt.Println(a.ByBox)
	n, err := carts.All().Where(C.ByBox.Key("red").Count.Gt(4)).Count(ctx)
	fmt.Println(n, err)
	// Output:
	// map[blue:{paper 2} green:{nib 9} red:{pen 5}]
	// 1 <nil>
}

// Elements have an index, which counts from the end if it is negative.
func ExampleStructList() {
	carts, db := openCarts("example-struct-list")
	defer db.Close()
	ctx := context.Background()

	must(carts.Patch(ctx, "a", C.Lines.At(0).Count.Add(4), C.Lines.At(-1).Article.Set("paper"), C.Lines.Append(Line{"nib", 9})))
	a, err := carts.Find(ctx, "a")
	must(err)
	fmt.Println(a.Lines)
	// Output: [{pen 5} {paper 2} {nib 9}]
}

// Points and regions are GeoJSON text. A geo index finds the points in a region.
func ExampleGeoJSON() {
	readers, db := library("example-geojson")
	defer db.Close()
	ctx := context.Background()

	fmt.Println(mapper.Point(13.4, 52.5))
	must(readers.Patch(ctx, "eve", R.Home.Set(mapper.Point(13.4, 52.5))))
	germany := mapper.Polygon([2]float64{6, 47}, [2]float64{15, 47}, [2]float64{15, 55}, [2]float64{6, 55}, [2]float64{6, 47})
	for _, near := range []mapper.Cond[Reader]{
		R.Home.WithinRegion(germany), R.Home.WithinRegion(mapper.Circle(13.4, 52.5, 1000)), R.Home.Within(-0.1, 51.5, 1000),
	} {
		reader, err := readers.Where(near).First(ctx)
		must(err)
		fmt.Println(reader.Name)
	}
	// Output:
	// {"type":"Point","coordinates":[13.4,52.5]}
	// Eve
	// Eve
	// Ada
}
