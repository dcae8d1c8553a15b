package bind

import "math/rand/v2"

// For the tests of the package bind_test.
var (
	BindText         = bindText
	NewGoldenCatalog = newGoldenCatalog
)

// RandomQuery returns the text of a random query.
func RandomQuery(seed uint64) string {
	g := &generator{Rand: rand.New(rand.NewPCG(seed, 1))}
	return g.query(1+int(seed%3), 0)
}
