#!/bin/sh
# A service that multiplies, and its clients. The session of a worker keeps its request until the worker looks for it.
set -eu
broker="-h $MQTT_HOST -p $MQTT_PORT"

# Options of a worker with its share of the requests.
worker() {
  echo "-V 5 -c -x 60 -i worker$1 -q 1 -t calc/$1"
}

serve() {
  mosquitto_sub $broker $(worker "$1") -C 1 -F '%R %D %p' | while read -r to id a b; do
    mosquitto_pub $broker -V 5 -q 1 -t "$to" -D publish correlation-data "$id" -m "$a times $b is $((a * b))"
  done
}

for n in 1 2 3; do
  mosquitto_sub $broker $(worker $n) -E
done

for n in 1 2; do
  serve $n &
  mosquitto_rr $broker -q 1 -t "calc/$n" -e "calc/answer/$$" -D publish correlation-data "job-$n" -m "$n 21" -W 20
  echo "status $?"
  wait
done

echo '-- with its topic'
serve 3 &
mosquitto_rr $broker -q 1 -t calc/3 -e calc/answer/shown -D publish correlation-data last -m '3 4' -v -W 20
wait

echo '-- nobody there'
mosquitto_rr $broker -t calc/closed -e calc/answer/none -m '1 1' -W 1 || echo "status $?"

echo '-- MQTT 3.1.1'
mosquitto_sub $broker -c -i old -q 1 -t old/request -E
(
  mosquitto_sub $broker -c -i old -q 1 -t old/request -C 1 | tr a-z A-Z |
    mosquitto_pub $broker -q 1 -t old/answer -s
) &
mosquitto_rr $broker -V mqttv311 -q 1 -t old/request -e old/answer -m 'shout this' -N -W 20
wait
