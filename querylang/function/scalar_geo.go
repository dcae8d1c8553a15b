package function

var geoFunctions []*Function
