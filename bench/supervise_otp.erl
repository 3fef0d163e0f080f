%% The OTP contestant of `caf-bench supervise`: the cases of supervise_cases.hpp on OTP's own supervisor. Prints one
%% figure a line. The clock is read by the child just before it exits and by the replacement as the first thing that it
%% does, as ours do. Logging is off, and a child exits with exit(boom): that writes no report of its own.
-module(supervise_otp).
-behaviour(supervisor).
-export([main/1, init/1, start_child/3, start_timed/2, child/2, quiet/1, timed/2, handle_info/2, handle_call/3, handle_cast/2]).

%% Slots of the counters that all share.
-define(CRASHED_AT, 1).
-define(AWAITED, 2).
-define(OVER, 3).
-define(ALL_TELL, 4). % every child tells who it is, not only the first

main(Words) ->
    logger:set_primary_config(level, none),
    process_flag(trap_exit, true),
    lists:foreach(fun({Name, Value}) -> io:format("~s ~.6f~n", [Name, float(Value)]) end, measure(Words)),
    halt(0).

measure(["restart", Strategy, Kind, Group, Rounds, Batch]) ->
    restart(list_to_atom(Strategy), list_to_atom(Kind), list_to_integer(Group), list_to_integer(Rounds),
            list_to_integer(Batch));
measure(["spawn", Count]) ->
    spawns(list_to_integer(Count));
measure(["children", Strategy, Count]) ->
    children(list_to_atom(Strategy), list_to_integer(Count));
measure(["ask", Mode, Count, Rounds]) ->
    asks(list_to_atom(Mode), list_to_integer(Count), list_to_integer(Rounds)).

%% -- crash to ready ---------------------------------------------------------------------------------------------------

restart(Strategy, Kind, Group, Rounds, Batch) ->
    Batches = max(1, Rounds div Batch),
    Samples = lists:append([element(1, crash_loop(Strategy, Kind, Group, Batch)) || _ <- lists:seq(1, Batches)]),
    {Sustained, Nanoseconds} = crash_loop(Strategy, Kind, Group, Rounds),
    [{_, P50}, {_, P99} | _] = percentiles(Sustained),
    percentiles(Samples) ++ [{"sustained_p50_us", P50}, {"sustained_p99_us", P99},
                             {"restarts_per_s", Rounds * 1.0e9 / Nanoseconds}].

crash_loop(Strategy, Kind, Group, Rounds) ->
    Book = {Counters, _} = book(Group),
    Supervisor = start_supervisor(Strategy, Kind, Book, Group),
    {Victim, _} = next_ready(1),
    Replaced = case Strategy of one_for_all -> Group; rest_for_one -> Group; _ -> 1 end,
    Began = now_ns(),
    Samples = crash(Counters, Victim, Replaced, Rounds, []),
    Took = now_ns() - Began,
    stop(Supervisor),
    {Samples, Took}.

crash(_, _, _, 0, Samples) ->
    Samples;
crash(Counters, Victim, Replaced, Rounds, Samples) ->
    atomics:put(Counters, ?AWAITED, Replaced),
    Victim ! crash,
    {Next, Took} = next_ready(1),
    crash(Counters, Next, Replaced, Rounds - 1, [Took | Samples]).

%% The newest process of child Index, once all that are awaited are ready, and how long that took.
next_ready(Index) ->
    receive {ready, Took} ->
        receive {child, Index, Pid} -> {Pid, Took} end
    end.

%% -- spawn to ready ---------------------------------------------------------------------------------------------------

spawns(Count) ->
    {ok, Supervisor} = supervisor:start_link(?MODULE, {timed, self()}),
    Samples = [begin
                   {ok, _} = supervisor:start_child(Supervisor, [now_ns()]),
                   receive {took, Took} -> Took end
               end || _ <- lists:seq(1, Count)],
    stop(Supervisor),
    percentiles(Samples).

%% -- many children ----------------------------------------------------------------------------------------------------

children(Strategy, Count) ->
    Book = book(Count),
    erlang:garbage_collect(),
    Bytes = erlang:memory(total),
    Resident = resident(),
    Began = now_ns(),
    Supervisor = start_supervisor(Strategy, quiet, Book, Count),
    receive {ready, _} -> ok end,
    Started = now_ns(),
    MoreBytes = erlang:memory(total),
    MoreResident = resident(),
    Asked = now_ns(),
    stop(Supervisor),
    Stopped = now_ns(),
    [{"start_ms", (Started - Began) / 1.0e6},
     {"stop_ms", (Stopped - Asked) / 1.0e6},
     {"start_ns", (Started - Began) / Count},
     {"stop_ns", (Stopped - Asked) / Count},
     {"bytes", (MoreBytes - Bytes) / Count},
     {"resident_bytes", (MoreResident - Resident) / Count}].

resident() ->
    {ok, Text} = file:read_file("/proc/self/statm"),
    [_, Pages | _] = string:lexemes(binary_to_list(Text), " "),
    list_to_integer(Pages) * 4096.

%% -- questions while children crash -----------------------------------------------------------------------------------

asks(Mode, Count, Rounds) ->
    Book = {Counters, _} = book(Count),
    atomics:put(Counters, ?ALL_TELL, 1),
    Supervisor = start_supervisor(one_for_one, plain, Book, Count),
    receive {ready, _} -> ok end,
    Pids = maps:from_list([receive {child, Index, Pid} -> {Index, Pid} end || Index <- lists:seq(1, Count)]),
    Self = self(),
    spawn_link(fun() -> Self ! {asked, ask(Supervisor, Counters, [])} end),
    storm(Mode, Counters, Pids, Count, Rounds),
    atomics:put(Counters, ?OVER, 1),
    Samples = receive {asked, All} -> All end,
    stop(Supervisor),
    percentiles(Samples) ++ [{"asks", length(Samples)}].

ask(Supervisor, Counters, Samples) ->
    case atomics:get(Counters, ?OVER) of
        1 ->
            Samples;
        0 ->
            Asked = now_ns(),
            _ = supervisor:which_children(Supervisor),
            ask(Supervisor, Counters, [now_ns() - Asked | Samples])
    end.

storm(all_at_once, Counters, Pids, Count, _) ->
    atomics:put(Counters, ?AWAITED, Count),
    maps:foreach(fun(_, Pid) -> Pid ! crash end, Pids),
    receive {ready, _} -> ok end;
storm(one_by_one, _, _, _, 0) ->
    ok;
storm(one_by_one, Counters, Pids, Count, Rounds) ->
    Index = Rounds rem Count + 1,
    atomics:put(Counters, ?AWAITED, 1),
    maps:get(Index, Pids) ! crash,
    {Next, _} = next_ready(Index),
    storm(one_by_one, Counters, Pids#{Index := Next}, Count, Rounds - 1).

%% -- supervisor -------------------------------------------------------------------------------------------------------

book(Children) ->
    Counters = atomics:new(4, []),
    atomics:put(Counters, ?AWAITED, Children),
    {Counters, self()}.

start_supervisor(simple_one_for_one, Kind, Book, Count) ->
    {ok, Supervisor} = supervisor:start_link(?MODULE, {simple, Kind, Book}),
    lists:foreach(fun(Index) -> {ok, _} = supervisor:start_child(Supervisor, [Index]) end, lists:seq(1, Count)),
    Supervisor;
start_supervisor(Strategy, Kind, Book, Count) ->
    {ok, Supervisor} = supervisor:start_link(?MODULE, {Strategy, Kind, Book, Count}),
    Supervisor.

stop(Supervisor) ->
    Monitor = monitor(process, Supervisor),
    exit(Supervisor, shutdown),
    receive {'DOWN', Monitor, process, Supervisor, _} -> ok end.

init({timed, Observer}) ->
    {ok, {flags(simple_one_for_one), [#{id => child, start => {?MODULE, start_timed, [Observer]}}]}};
init({simple, Kind, Book}) ->
    {ok, {flags(simple_one_for_one), [#{id => child, start => {?MODULE, start_child, [Kind, Book]}}]}};
init({gen_server, Book, Index}) ->
    ready(Book, Index),
    {ok, Book};
init({Strategy, Kind, Book, Count}) ->
    {ok, {flags(Strategy),
          [#{id => Index, start => {?MODULE, start_child, [Kind, Book, Index]}} || Index <- lists:seq(1, Count)]}}.

flags(Strategy) ->
    #{strategy => Strategy, intensity => 1000000, period => 1}.

%% -- children ---------------------------------------------------------------------------------------------------------

start_child(plain, Book, Index) ->
    {ok, spawn_link(?MODULE, child, [Book, Index])};
start_child(quiet, Book, _) ->
    {ok, spawn_link(?MODULE, quiet, [Book])};
start_child(gen_server, Book, Index) ->
    gen_server:start_link(?MODULE, {gen_server, Book, Index}, []).

child(Book = {Counters, _}, Index) ->
    ready(Book, Index),
    receive crash -> atomics:put(Counters, ?CRASHED_AT, now_ns()), exit(boom) end.

%% Only counted.
quiet({Counters, Observer}) ->
    case atomics:sub_get(Counters, ?AWAITED, 1) of
        0 -> Observer ! {ready, 0};
        _ -> ok
    end,
    receive stop -> ok end.

ready({Counters, Observer}, Index) ->
    Now = now_ns(),
    case atomics:sub_get(Counters, ?AWAITED, 1) of
        0 -> Observer ! {ready, Now - atomics:get(Counters, ?CRASHED_AT)};
        _ -> ok
    end,
    case Index =:= 1 orelse atomics:get(Counters, ?ALL_TELL) =:= 1 of
        true -> Observer ! {child, Index, self()};
        false -> ok % nobody reads it, and a mailbox that fills up is slow
    end.

handle_info(crash, {Counters, _}) ->
    atomics:put(Counters, ?CRASHED_AT, now_ns()),
    exit(boom).

handle_call(_, _, State) -> {reply, ok, State}.

handle_cast(_, State) -> {noreply, State}.

start_timed(Observer, Asked) ->
    {ok, spawn_link(?MODULE, timed, [Observer, Asked])}.

timed(Observer, Asked) ->
    Observer ! {took, now_ns() - Asked},
    receive stop -> ok end.

%% -- figures ----------------------------------------------------------------------------------------------------------

now_ns() ->
    erlang:monotonic_time(nanosecond).

percentiles(Samples) ->
    Sorted = list_to_tuple(lists:sort(Samples)),
    At = fun(Per10000) -> element(min(size(Sorted), size(Sorted) * Per10000 div 10000 + 1), Sorted) / 1000 end,
    [{"p50_us", At(5000)}, {"p99_us", At(9900)}, {"p999_us", At(9990)}, {"max_us", At(10000)}].
