#!/bin/sh
# Keeps the last state of each sensor on the broker, and shows what is known about all of them.
set -eu
broker="-h $MQTT_HOST -p $MQTT_PORT"

report() {
  mosquitto_pub $broker -q 1 -r -t "site/$1/status" -m "$2"
}

show() {
  mosquitto_sub $broker -q 1 -t 'site/+/status' -v -C "$1" | sort | while read -r topic state; do
    sensor=${topic#site/}
    printf '%-10s %s\n' "${sensor%/status}" "$state"
  done
}

report cellar online
report roof 'offline since 10:31'
report garden online
report roof online
echo '-- three sensors'
show 3

echo '-- the garden is given up'
mosquitto_pub $broker -q 1 -r -n -t site/garden/status
show 2

echo '-- only what is new'
mosquitto_sub $broker -R -t 'site/+/status' -W 1 || echo "nothing: $?"

echo '-- all forgotten'
for sensor in cellar roof; do
  mosquitto_pub $broker -q 1 -r -t "site/$sensor/status" -n
done
mosquitto_sub $broker -t 'site/#' -v --retained-only -W 1 || echo "nothing: $?"
