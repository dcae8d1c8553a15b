// Command run ends without an error if the generated fields fit their struct.
package main

import "github.com/aerosql/aerosql/cmd/aerosql/gen/testdata/shop"

func main() { _ = shop.Expensive }
