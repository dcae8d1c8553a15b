package exp_test

import (
	"fmt"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/cdt"
	"github.com/aerosql/aerosql/protocol/exp"
)

// A filter is part of the policy of a command or query.
func Example() {
	adult := exp.And(
		exp.Ge(exp.IntBin("age"), exp.IntVal(18)),
		exp.Eq(exp.StringBin("country"), exp.StringVal("PT")),
	)
	policy := struct{ Filter []byte }{Filter: exp.Filter(adult)} // e.g. a cluster.ReadPolicy
	fmt.Println(adult)
	fmt.Println(len(policy.Filter), "bytes")
	// Output:
	// $.age:int >= 18 and $.country:string == "PT"
	// 29 bytes
}

func ExampleEq() {
	text, err := exp.Base64(exp.Eq(exp.IntBin("bin1"), exp.IntVal(6)))
	fmt.Println(text, err)
	// Output: kwGTUQKkYmluMQY= <nil>
}

func ExampleFromBase64() {
	e, err := exp.FromBase64("kwGTUQKkYmluMQY=")
	if err != nil {
		fmt.Println(err)
		return
	}
	_, isFilter := e.(exp.Bool)
	fmt.Println(e, isFilter)
	// Output: $.bin1:int == 6 true
}

// The server knows metadata without reading the record.
func ExampleTTL() {
	fmt.Println(exp.And(
		exp.Lt(exp.TTL(), exp.IntVal(3600)),
		exp.Gt(exp.RecordSize(), exp.IntVal(1<<20)),
		exp.Eq(exp.DigestModulo(10), exp.IntVal(0)),
	))
	// Output: ttl() < 3600 and record_size() > 1048576 and digest_modulo(10) == 0
}

func ExampleRegexCompare() {
	fmt.Println(exp.Or(
		exp.Not(exp.BinExists("name")),
		exp.RegexCompare("^(ann|bob)", exp.RegexExtended|exp.RegexIgnoreCase, exp.StringBin("name")),
	))
	// Output: not(bin_type($.name) != 0) or cmp_regex($.name:string, "^(ann|bob)", extended|icase)
}

func ExampleGeoCompare() {
	circle := exp.GeoVal(`{"type": "AeroCircle", "coordinates": [[-122.25, 37.8], 3000]}`)
	fmt.Println(exp.GeoCompare(exp.GeoBin("place"), circle))
	// Output: cmp_geo($.place:geo, GeoJSON({"type": "AeroCircle", "coordinates": [[-122.25, 37.8], 3000]}))
}

func ExampleInList() {
	fmt.Println(exp.InList(exp.StringBin("state"), exp.ListVal("new", "paid")))
	// Output: in_list($.state:string, ["new", "paid"])
}

func ExampleAdd() {
	price, rebate := exp.IntBin("price"), exp.IntBin("rebate")
	fmt.Println(exp.Mul(exp.Sub(price, rebate), exp.IntBin("count")))
	fmt.Println(exp.Floor(exp.Div(exp.ToFloat(price), exp.FloatVal(1.23))))
	// Output:
	// ($.price:int - $.rebate:int) * $.count:int
	// floor(to_float($.price:int) / 1.23)
}

func ExampleIntAnd() {
	fmt.Println(exp.Ne(exp.IntAnd(exp.IntBin("flags"), exp.IntVal(0b100)), exp.IntVal(0)))
	// Output: $.flags:int & 4 != 0
}

func ExampleCond() {
	age := exp.IntBin("age")
	fmt.Println(exp.Cond(
		exp.When(exp.Lt(age, exp.IntVal(18)), exp.StringVal("minor")),
		exp.When(exp.Lt(age, exp.IntVal(65)), exp.StringVal("adult")),
	).Else(exp.StringVal("senior")))
	// Output: cond($.age:int < 18 => "minor", $.age:int < 65 => "adult", else => "senior")
}

// The guards keep math.MinInt64 / -1 away from the server, which would end it.
func ExampleDiv() {
	a, b, minusOne := exp.IntBin("a"), exp.IntBin("b"), exp.IntVal(-1)
	fmt.Println(exp.Cond(exp.When(exp.Eq(b, minusOne), exp.Sub(a))).Else(exp.Div(a, b)))
	fmt.Println(exp.Cond(exp.When(exp.Eq(b, minusOne), exp.IntVal(0))).Else(exp.Mod(a, b)))
	// Output:
	// cond($.b:int == -1 => sub($.a:int), else => $.a:int / $.b:int)
	// cond($.b:int == -1 => 0, else => $.a:int % $.b:int)
}

func ExampleLet() {
	fmt.Println(exp.Let(exp.Defs{
		exp.Def("sum", exp.Add(exp.IntBin("a"), exp.IntBin("b"))),
	}, exp.And(
		exp.Gt(exp.IntVar("sum"), exp.IntVal(10)),
		exp.Lt(exp.IntVar("sum"), exp.IntVal(20)),
	)))
	// Output: let(sum = $.a:int + $.b:int, sum > 10 and sum < 20)
}

// The return type selects what a call returns, and thereby the type of the call.
func ExampleListGetByValueRange() {
	scores := exp.ListBin("scores")
	fmt.Println(exp.Gt(exp.ListGetByValueRange(scores, exp.IntVal(90), nil, exp.ReturnCount), exp.IntVal(2)))
	fmt.Println(exp.Eq(exp.ListGetByRank(scores, exp.IntVal(-1), exp.ReturnInt), exp.IntVal(100)))
	// Output:
	// list_get_by_value_range($.scores:list, return: count, begin: 90):int > 2
	// list_get_by_rank($.scores:list, return: value, rank: -1):int == 100
}

// A context leads to a nested collection.
func ExampleMapGetByKey() {
	in := cdt.In(cdt.MapKey(protocol.String("address")))
	fmt.Println(exp.Eq(exp.MapGetByKey(exp.MapBin("user"), exp.StringVal("city"), exp.ReturnString, in), exp.StringVal("Porto")))
	// Output: map_get_by_key($.user:map, at: [map_key("address")], return: value, key: "city"):string == "Porto"
}

// A call that modifies returns the modified collection, which Write can store and other calls can
// use.
func ExampleListAppend() {
	tags := exp.ListAppend(exp.ListBin("tags"), exp.StringVal("new"), cdt.ListPolicy{Flags: cdt.AddUnique | cdt.NoFail})
	op := exp.Write("tags", exp.ListSort(tags, 0), exp.WriteEvalNoFail)
	fmt.Println(op.Code == protocol.OpExpModify, exp.ListSize(tags))
	// Output: true list_size(list_append($.tags:list, value: "new", flags: 0x5):list):int
}

func ExampleMapPut() {
	fmt.Println(exp.MapPut(exp.MapBin("m"), exp.StringBin("k"), exp.IntBin("v"), cdt.MapPolicy{Order: protocol.Ordered}))
	// Output: map_put($.m:map, key: $.k:string, value: $.v:int, order: 0x1):map
}

func ExampleBitCount() {
	fmt.Println(exp.Ge(exp.BitCount(exp.BlobBin("seen"), exp.IntVal(0), exp.IntVal(64)), exp.IntVal(8)))
	// Output: bit_count($.seen:blob, offset: 0, size: 64):int >= 8
}

func ExampleHLLGetSimilarity() {
	fmt.Println(exp.Gt(exp.HLLGetSimilarity(exp.HLLBin("a"), exp.HLLBin("b")), exp.FloatVal(0.9)))
	// Output: hll_get_similarity($.a:hll, hlls: $.b:hll):float > 0.9
}

// The filter of a path reads each element through loop variables.
func ExampleSelectByPath() {
	cheap := exp.Lt(exp.MapGetByKey(exp.MapLoopVar(exp.LoopValue), exp.StringVal("price"), exp.ReturnInt), exp.IntVal(10))
	path := cdt.In(cdt.AllChildrenWithFilter(exp.Filter(cheap)), cdt.MapKey(protocol.String("name")))
	fmt.Println(exp.SelectByPath(exp.MapBin("catalog"), path, cdt.SelectValues))
	// Output: select_by_path($.catalog:map, at: [children(map_get_by_key(loop.value:map, return: value, key: "price"):int < 10), map_key("name")], select: values):list
}

func ExampleModifyByPath() {
	raised := exp.ModifyByPath(exp.MapBin("catalog"),
		cdt.In(cdt.AllChildren(), cdt.MapKey(protocol.String("price"))),
		exp.Add(exp.IntLoopVar(exp.LoopValue), exp.IntVal(1)))
	fmt.Println(exp.Write("catalog", raised, 0).Bin)
	// Output: catalog
}

// Operations with expressions compute on the server.
func ExampleRead() {
	total := exp.Mul(exp.IntBin("price"), exp.IntBin("count"))
	ops := []protocol.Operation{
		exp.Read("total", total, exp.ReadEvalNoFail),
		exp.Write("total", total, exp.WriteUpdateOnly|exp.WritePolicyNoFail),
	}
	fmt.Println(len(ops), ops[0].Bin)
	// Output: 2 total
}

func ExampleParse() {
	packed, _ := exp.Pack(exp.Add(exp.IntBin("a"), exp.IntVal(1)))
	e, err := exp.Parse(packed)
	fmt.Println(e, err)
	_, err = exp.Parse(packed[:3])
	fmt.Println(err)
	// Output:
	// $.a:int + 1 <nil>
	// malformed message: expression: array of 3 entries, at most 0 are possible
}
