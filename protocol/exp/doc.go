// Package exp builds expressions, which the server evaluates on a record: as the filter of a
// command or query, as operations that read or write a result, and as the definition of an index.
//
//	// $.age:int >= 18 and $.country:string == "PT"
//	filter := exp.And(
//		exp.Ge(exp.IntBin("age"), exp.IntVal(18)),
//		exp.Eq(exp.StringBin("country"), exp.StringVal("PT")),
//	)
//	rec, err := client.Get(ctx, &cluster.ReadPolicy{Filter: exp.Filter(filter)}, key)
//	rec, err = client.Operate(ctx, nil, key,
//		exp.Read("total", exp.Mul(exp.IntBin("price"), exp.IntBin("count")), 0))
//
// # Types
//
// Each type of result is a Go type: [Bool], [Int], [Float], [String], [Blob],
// [List], [Map], [Geo], [HLL]. A function takes operands of the types that the server wants, so
// that comparing an integer with a string does not compile. Functions that work on several types
// are generic and give the type of their operands. Literals are made by the functions whose names end in Val, bins by
// those in Bin, the user key by those in Key, variables by those in Var.
//
// # Unknown
//
// An expression can be true, false or unknown; a value can be unknown too. Unknown is a bin
// that is missing or of another type than declared, a call on a collection that fails for whatever
// reason, an integer division by zero, and almost everything with an unknown operand; [And], [Or],
// [Cond] and [Let] say in their documentation when they are not. A filter that is
// unknown keeps the record out, as false does. An operation fails with OpNotApplicable, unless its flags forgive
// it.
//
// # Calls on collections, bits and HyperLogLog
//
// Functions that begin with List, Map, Bit and HLL make what package cdt makes as operations. They
// begin with what they work on, which may itself be a call. Contexts, policies and flags are those of
// package cdt. What a get gives is said by a Return constant of this package, because it decides the type:
//
//	exp.Gt(exp.ListGetByValueRange(exp.ListBin("scores"), exp.IntVal(90), nil, exp.ReturnCount), exp.IntVal(2))
//	exp.Eq(exp.MapGetByKey(exp.MapBin("user"), exp.StringVal("name"), exp.ReturnString), exp.StringVal("Ada"))
//
// Arguments may be expressions, elements of literals and contexts may not. A call that modifies
// leaves the record as it is: its result is the modified collection, for [Write] to store.
//
// # Packed form
//
// [Filter], [Pack], [Base64], [Read] and [Write] give the bytes that go to the server, the same as the official clients
// give but for the width of some integers; [Parse] and [FromBase64] read them. What can't be
// packed, such as the zero value of a type among the operands, is reported there and not where it
// was built. A parsed or built expression is a tree of [Node], whose String is the readable form.
//
// # Server versions
//
// Expressions need server 5.2, operations with them, arithmetic, let and cond 5.6, path expressions
// 8.1.1. Each function says its own. The encoding is that of
package exp
