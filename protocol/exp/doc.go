// Package exp builds expressions, which the server evaluates on a record. An expression can be the
// filter of a command or query, an operation that reads or writes its result, or the definition of
// an index.
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
// Nothing is computed on the client. "Add returns the sum of its operands" means that it builds an
// expression whose value on the server is the sum.
//
// # Types
//
// Each result type is a Go type: [Bool], [Int], [Float], [String], [Blob], [List], [Map], [Geo],
// [HLL]. Functions take operands of the types that the server requires, so that comparing an
// integer with a string does not compile. Functions for several types are generic and return the
// type of their operands. Names that end in Val make literals, those in Bin read bins, those in Key
// read the user key, those in Var read variables.
//
// # Unknown
//
// A value can be unknown. For a condition this is a third result besides true and false. A bin that
// is missing or does not have the declared type is unknown. So is the result of a failed collection
// call, of an integer division by zero, and of almost every function with an unknown operand. The
// exceptions are described with [And], [Or], [Cond] and [Let]. If a filter is unknown the record is
// filtered out, as if it were false. If an operation's expression is unknown the operation fails
// with OpNotApplicable, unless its flags prevent that.
//
// # Collections, bits and HyperLogLog
//
// Functions whose names start with List, Map, Bit and HLL are the expression form of the operations
// in package cdt. Their first argument is the value to work on, which can be the result of another
// call. Contexts, policies and flags are those of package cdt. The result of a get is selected by a
// Return constant of this package, because it determines the result type:
//
//	exp.Gt(exp.ListGetByValueRange(exp.ListBin("scores"), exp.IntVal(90), nil, exp.ReturnCount), exp.IntVal(2))
//	exp.Eq(exp.MapGetByKey(exp.MapBin("user"), exp.StringVal("name"), exp.ReturnString), exp.StringVal("Ada"))
//
// Arguments can be expressions; elements of literals and contexts cannot. A call that modifies does
// not change the record. Its result is the modified collection, which [Write] can store.
//
// # Packed form
//
// [Filter], [Pack], [Base64], [Read] and [Write] encode an expression for the server. The bytes are
// those of the official clients, except for the width of some integers. [Parse] and [FromBase64]
// decode them. If an expression cannot be packed, for example because an operand is the zero value
// of its type, packing fails, not the function that built it. An expression is a tree of [Node].
// Its String method returns a readable form.
//
// # Server versions
//
// Expressions need server 5.2; expression operations, arithmetic, let and cond 5.6; path
// expressions 8.1.1. Each function states the version it needs. The versions are those of
// Aerospike's documentation.
package exp
