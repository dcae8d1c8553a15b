// Package recordfile reads and writes records as files: JSON lines, CSV, and the text format of
// asbackup. All three hold every value that a bin can have, and are read and written record by
// record.
//
// A line of JSON is one record:
//
//	{"set":"users","key":"u1","bins":{"name":"Ann","age":41,"tags":["a","b"]},"ttl":3600}
//
// The key is a string, an integer, or {"$bytes":"base64"}. Instead of a key, "digest" can have the
// 40 hexadecimal digits of a digest. The namespace is that of the reader, unless the line has
// "namespace". ttl is in seconds; 0 or none means the namespace's default, -1 means never. Numbers
// without a fraction or an exponent are integers, others are floats. JSON objects are maps with
// string keys. What JSON lacks is an object with one key that begins with a dollar sign:
//
//	{"$bytes":"base64"}                   blob
//	{"$java":"base64"}                    blob of a language: $java, $csharp, $python, ...
//	{"$hll":"base64"}                     HyperLogLog
//	{"$geojson":"{...}"}                  GeoJSON
//	{"$string":"base64"}                  string that is not UTF-8
//	{"$float":"NaN"}                      float that JSON has no number for
//	{"$float32":"1.5"}                    float of four bytes, in a list or a map
//	{"$map":[[1,"a"],["k",2]]}            map with keys of any kind
//	{"$ordered":[1,2]}                    ordered list
//	{"$ordered":{"$map":[[1,2]]}}         map ordered by key
//	{"$valueordered":{"a":1}}             map ordered by key, with an index of its values
//
// CSV files have a header with the names of the columns. The column PK (or key) has the keys, or
// the column __digest the digests of records whose keys are not known. The column __ttl has the
// time to live as JSON lines have it. The others are bins. All records are of the reader's set. A
// field is an integer, a float, true, false, or else a string; the bin of an empty field is
// missing. A column name can end in a type: age:int, zip:string, ok:bool, size:float, tags:json.
package recordfile
