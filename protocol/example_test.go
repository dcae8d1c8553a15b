package protocol_test

import (
	"errors"
	"fmt"

	"github.com/aerosql/aerosql/protocol"
)

// A key identifies one record. Its digest and its partition are computed from set and user key.
func ExampleNewKey() {
	key, err := protocol.NewKey("test", "demo", "k1")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(key, key.Partition(), key.Digest())
	_, err = protocol.NewKey("test", "demo", 1.5)
	fmt.Println(errors.Is(err, protocol.ErrInvalidKey))
	// Output:
	// test:demo:k1 1975 b747f5854d0b33259928d0cfab7fad81d6abfbf6
	// true
}

func ExampleValueOf() {
	v := protocol.ValueOf(map[string]any{"tags": []string{"a", "b"}, "n": 7})
	fmt.Println(v, v.Kind())
	fmt.Println(protocol.ValueOf(make(chan int)).Err())
	// Output:
	// {"n": 7, "tags": ["a", "b"]} map
	// invalid value: a chan int has no form in a bin; use a number, string, bool, []byte, slice or map (package mapper stores structs)
}

// Operations take Go values. Client.Operate sends several of them as one command.
func ExampleAddBin() {
	operations := []protocol.Operation{
		protocol.AddBin("visits", 1), protocol.PutBin("tags", []string{"a", "b"}), protocol.AppendBin("log", "; seen"),
	}
	for _, o := range operations {
		fmt.Println(o.Bin, o.Value, o.Check())
	}
	// Output:
	// visits 1 <nil>
	// tags ["a", "b"] <nil>
	// log ; seen <nil>
}

func ExampleGeoPoint() {
	bin := protocol.NewBin("at", protocol.GeoPoint(2.3522, 48.8566))
	fmt.Println(bin.Value)
	fmt.Println(protocol.GeoPoint(0, 91).Err())
	// Output:
	// GeoJSON({"type":"Point","coordinates":[2.3522,48.8566]})
	// invalid value: the latitude 91 is not in -90 to 90
}

func ExampleGeoCircle() {
	fmt.Println(protocol.GeoCircle(2.3522, 48.8566, 1500))
	// Output: GeoJSON({"type":"AeroCircle","coordinates":[[2.3522,48.8566],1500]})
}

func ExampleGeoPolygon() {
	triangle := [][2]float64{{0, 40}, {10, 40}, {5, 50}}
	fmt.Println(protocol.GeoPolygon(triangle...))
	// Output: GeoJSON({"type":"Polygon","coordinates":[[[0,40],[10,40],[5,50],[0,40]]]})
}

// The server's order of values: an integer never equals a float, and all integers come before all
// floats.
func ExampleCompare() {
	fmt.Println(protocol.Compare(protocol.Int(9), protocol.Int(10)))
	fmt.Println(protocol.Compare(protocol.Int(9), protocol.Float(1)))
	fmt.Println(protocol.Compare(protocol.String("b"), protocol.String("a")))
	// Output:
	// -1
	// -1
	// 1
}

func ExampleError() {
	var err error = &protocol.Error{Code: protocol.ServerTimeout, InDoubt: true, Node: "A1"}
	var failure *protocol.Error
	if errors.As(err, &failure) && failure.InDoubt {
		fmt.Println("read the record before repeating the write:", errors.Is(err, protocol.ServerTimeout))
	}
	// Output: read the record before repeating the write: true
}

func ExamplePrivilege() {
	p := protocol.Privilege{Code: protocol.PrivilegeReadWrite, Namespace: "test", Set: "demo"}
	fmt.Println(p, p.Check())
	p = protocol.Privilege{Code: protocol.PrivilegeSysAdmin, Namespace: "test"}
	fmt.Println(p.Check())
	// Output:
	// read-write.test.demo <nil>
	// privilege sys-admin applies to the whole cluster, it can't have the scope "test" ""
}
