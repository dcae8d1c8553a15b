// Package seed reads and writes the records of a devserver as files: JSON lines, CSV, and the text
// format of asbackup.
//
// A line of JSON is one record:
//
//	{"set":"users","key":"u1","bins":{"name":"Ann","age":41,"tags":["a","b"]},"ttl":3600}
//
// The key is a string, an integer, or {"$bytes":"base64"}. Instead of a key, "digest" can have the
// 40 hexadecimal digits of a digest. The namespace is that of the call, unless the line has
// "namespace". ttl is in seconds; 0 or none means the namespace's default, -1 means never. Numbers
// without a fraction or an exponent are integers, others are floats. JSON objects are maps with
// string keys. What JSON lacks is an object with one key that begins with a dollar sign:
//
//	{"$bytes":"base64"}                   blob
//	{"$hll":"base64"}                     HyperLogLog
//	{"$geojson":"{...}"}                  GeoJSON
//	{"$float":"NaN"}                      float that JSON has no number for
//	{"$map":[[1,"a"],["k",2]]}            map with keys of any kind
//	{"$ordered":[1,2]}                    ordered list
//	{"$ordered":{"$map":[[1,2]]}}         map ordered by key
//
// CSV files have a header with the names of the columns. The column PK (or key) has the keys; the
// others are bins. The set is the name of the file. A field is an integer, a float, true, false, or
// else a string; the bin of an empty field is missing. A column name can end in a type: age:int,
// zip:string, ok:bool, size:float.
package seed
