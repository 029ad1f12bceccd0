import 'ava';
