%% Runs supervision scripts on OTP's own `supervisor` and writes their traces.
%%
%%   erl +S 1 -noshell -kernel logger_level none -run recorder main SCRIPTS TRACES AT_ONCE STEP_MS
%%
%% SCRIPTS holds terms {Number, Script}, as otp_diff.py writes them. TRACES gets a line for each: its number, a tab, and
%% the trace as a JSON array. One scheduler (+S 1): then what an ending process tells others is with them before any of
%% them runs, and the order of a trace is the order in which things happened.
-module(recorder).
-behaviour(supervisor).

-export([main/1, init/1, start_child_of/2, start_instance/3]).

%% Many scripts at once ------------------------------------------------------------------------------------------------

main([ScriptsFile, TracesFile, AtOnce, StepMs]) ->
    {ok, Scripts} = file:consult(ScriptsFile),
    {ok, Out} = file:open(TracesFile, [write, raw, delayed_write]),
    run_all(Scripts, 0, list_to_integer(AtOnce), list_to_integer(StepMs), Out),
    ok = file:close(Out),
    halt(0).

run_all([], 0, _AtOnce, _StepMs, _Out) ->
    ok;
run_all([{Number, Script} | Rest], Running, AtOnce, StepMs, Out) when Running < AtOnce ->
    Pool = self(),
    spawn(fun() -> Pool ! {traced, Number, run(Script, StepMs)} end),
    run_all(Rest, Running + 1, AtOnce, StepMs, Out);
run_all(Waiting, Running, AtOnce, StepMs, Out) ->
    receive
        {traced, Number, Lines} ->
            ok = file:write(Out, [integer_to_list(Number), "\t[", lists:join(",", Lines), "]\n"])
    end,
    run_all(Waiting, Running - 1, AtOnce, StepMs, Out).

%% One script ----------------------------------------------------------------------------------------------------------

%% The root's parent takes the steps. A step gets StepMs, the last one twice that.
run(#{root := Root, steps := Steps}, StepMs) ->
    process_flag(trap_exit, true),
    Book = spawn_link(fun() -> book(#{lines => [], count => #{}, alive => #{}, pids => #{}, watched => #{},
                                      failing => #{}, ignoring => #{}}) end),
    _ = supervisor:start_link(?MODULE, {Book, Root}),
    timer:sleep(StepMs),
    Numbered = lists:zip(lists:seq(0, length(Steps) - 1), Steps),
    lists:foreach(fun({Number, Step}) -> step(Book, Number, Step), timer:sleep(StepMs) end, Numbered),
    timer:sleep(StepMs),
    ask(Book, finish).

step(Book, _, #{do := exit, id := Id, reason := Reason}) ->
    case ask(Book, {alive, Id}) of
        {start, Pid} -> Pid ! {end_with, Reason};
        _ -> ok
    end;
step(Book, _, #{do := kill, id := Id}) ->
    end_process(ask(Book, {alive, Id}), kill);
step(Book, _, #{do := stop, id := Id}) ->
    end_process(ask(Book, {alive, Id}), shutdown);
step(Book, _, #{do := fail_start, id := Id, times := Times}) ->
    ask(Book, {plan, failing, Id, Times});
step(Book, _, #{do := ignore_start, id := Id, times := Times}) ->
    ask(Book, {plan, ignoring, Id, Times});
step(_, _, #{do := sleep_ms, ms := Ms}) ->
    timer:sleep(Ms);
step(Book, Number, #{sup := Sup} = Step) ->
    Value = case ask(Book, {alive, Sup}) of
                {sup_start, Pid} ->
                    try call(Book, Pid, Step) catch exit:_ -> error_json(noproc) end;
                _ -> error_json(noproc)
            end,
    ask(Book, {line, ["{\"ev\":\"result\",\"step\":", integer_to_list(Number), ",\"value\":", Value, "}"]}).

end_process({_, Pid}, Reason) -> exit(Pid, Reason);
end_process(none, _) -> ok.

call(Book, Pid, #{do := start_child, child := Child}) -> answer(supervisor:start_child(Pid, spec(Book, Child)));
call(_, Pid, #{do := terminate_child, id := Id}) -> answer(supervisor:terminate_child(Pid, Id));
call(_, Pid, #{do := restart_child, id := Id}) -> answer(supervisor:restart_child(Pid, Id));
call(_, Pid, #{do := delete_child, id := Id}) -> answer(supervisor:delete_child(Pid, Id));
call(_, Pid, #{do := start_dyn, id := Id}) -> answer(supervisor:start_child(Pid, [Id]));
%% To OTP an instance is a process. One that never was is asked for as a process that is none of its children.
call(Book, Pid, #{do := terminate_dyn, id := Id}) ->
    answer(supervisor:terminate_child(Pid, ask(Book, {last_pid, Id, self()})));
call(_, Pid, #{do := count_children}) ->
    Counts = supervisor:count_children(Pid),
    Pair = fun(Key) -> ["\"", atom_to_list(Key), "\":", integer_to_list(proplists:get_value(Key, Counts))] end,
    ["{", lists:join(",", [Pair(Key) || Key <- [specs, active, supervisors, workers]]), "}"];
call(Book, Pid, #{do := which_children}) ->
    Lines = [which_line(Book, Child) || Child <- lists:reverse(supervisor:which_children(Pid))],
    %% Instances have no order in OTP: theirs is that of their ids.
    Sorted = case Lines of [{instance, _} | _] -> lists:sort(Lines); _ -> Lines end,
    ["[", lists:join(",", [Line || {_, Line} <- Sorted]), "]"].

which_line(Book, {undefined, Pid, Type, _}) when is_pid(Pid) ->
    {instance, which_json(ask(Book, {name, Pid}), "running", Type)};
which_line(_, {undefined, restarting, Type, _}) -> {instance, which_json(<<"?">>, "restarting", Type)};
which_line(_, {Id, undefined, Type, _}) -> {child, which_json(Id, "undefined", Type)};
which_line(_, {Id, restarting, Type, _}) -> {child, which_json(Id, "restarting", Type)};
which_line(_, {Id, _, Type, _}) -> {child, which_json(Id, "running", Type)}.

which_json(Id, State, Type) -> ["[\"", Id, "\",\"", State, "\",\"", atom_to_list(Type), "\"]"].

answer(ok) -> "\"ok\"";
answer({ok, undefined}) -> "\"ignored\"";
answer({ok, _}) -> "\"started\"";
answer({error, {already_started, _}}) -> error_json(already_started);
answer({error, Word}) when Word =:= running; Word =:= restarting; Word =:= not_found; Word =:= already_present;
                           Word =:= simple_one_for_one -> error_json(Word);
answer({error, _}) -> error_json(start_failed).

error_json(Word) -> ["{\"error\":\"", atom_to_list(Word), "\"}"].

%% Supervisors and workers ---------------------------------------------------------------------------------------------

init({Book, #{id := Id, flags := Flags, children := Children}}) ->
    ask(Book, {begins, sup_start, Id, self()}),
    {ok, {Flags, [spec(Book, Child) || Child <- Children]}}.

spec(Book, #{template := true} = Child) ->
    (spec_of(Child))#{start => {?MODULE, start_instance, [Book, Child]}};
spec(Book, Child) ->
    (spec_of(Child))#{start => {?MODULE, start_child_of, [Book, Child]}}.

spec_of(Child) -> maps:with([id, restart, shutdown, significant, type], Child).

start_instance(Book, Template, Id) -> start_child_of(Book, Template#{id => Id}).

start_child_of(Book, #{id := Id} = Child) ->
    case ask(Book, {next_start, Id}) of
        fail -> {error, planned};
        ignore -> ignore;
        start -> start_now(Book, Child)
    end.

start_now(Book, #{sup := Sup}) ->
    supervisor:start_link(?MODULE, {Book, Sup});
start_now(Book, #{id := Id, stubborn := Stubborn}) ->
    Above = self(),
    Pid = spawn_link(fun() ->
                             process_flag(trap_exit, Stubborn),
                             ask(Book, {begins, start, Id, self()}),
                             Above ! {self(), up},
                             worker()
                     end),
    receive {Pid, up} -> {ok, Pid} end.

%% A stubborn one traps exits, and so hears and ignores what asks it to end.
worker() ->
    receive
        {end_with, Reason} -> exit(Reason);
        {'EXIT', _, _} -> worker()
    end.

%% The book: what happened, what is to fail next, who is alive ---------------------------------------------------------

ask(Book, Question) ->
    Ref = make_ref(),
    Book ! {self(), Ref, Question},
    receive {Ref, Reply} -> Reply end.

book(#{lines := Lines} = State) ->
    receive
        {Driver, Ref, finish} ->
            [exit(Pid, kill) || {_, Pid} <- maps:values(maps:get(alive, State))],
            Driver ! {Ref, lists:reverse(Lines)};
        {From, Ref, Question} ->
            {Reply, Next} = write(Question, State),
            From ! {Ref, Reply},
            book(Next);
        {'DOWN', Ref, process, _, Reason} ->
            book(ended(Ref, Reason, State))
    end.

write({line, Line}, State) ->
    {ok, add(Line, State)};
write({begins, What, Id, Pid}, #{count := Count, alive := Alive, pids := Pids, watched := Watched} = State) ->
    N = maps:get(Id, Count, 0) + 1,
    Next = State#{count := Count#{Id => N}, alive := Alive#{Id => {What, Pid}}, pids := Pids#{Pid => Id, Id => Pid},
                  watched := Watched#{monitor(process, Pid) => {What, Id, N, Pid}}},
    {ok, add(event(What, Id, [",\"n\":", integer_to_list(N)]), Next)};
write({next_start, Id}, State) ->
    case {take(failing, Id, State), take(ignoring, Id, State)} of
        {{yes, Next}, _} -> {fail, add(event(start_error, Id, []), Next)};
        {no, {yes, Next}} -> {ignore, add(event(start_ignore, Id, []), Next)};
        {no, no} -> {start, State}
    end;
write({plan, What, Id, Times}, State) ->
    {ok, State#{What := (maps:get(What, State))#{Id => Times}}};
write({alive, Id}, #{alive := Alive} = State) ->
    {maps:get(Id, Alive, none), State};
write({name, Pid}, #{pids := Pids} = State) ->
    {maps:get(Pid, Pids), State};
write({last_pid, Id, Default}, #{pids := Pids} = State) ->
    {maps:get(Id, Pids, Default), State}.

take(What, Id, State) ->
    Left = maps:get(What, State),
    case maps:get(Id, Left, 0) of
        0 -> no;
        Times -> {yes, State#{What := Left#{Id := Times - 1}}}
    end.

ended(Ref, Reason, #{watched := Watched, alive := Alive} = State) ->
    {{What, Id, N, Pid}, Rest} = maps:take(Ref, Watched),
    %% A later incarnation may be up already.
    Left = case Alive of
               #{Id := {_, Pid}} -> maps:remove(Id, Alive);
               _ -> Alive
           end,
    Stop = case What of start -> stop; sup_start -> sup_stop end,
    Line = event(Stop, Id, [",\"n\":", integer_to_list(N), ",\"reason\":\"", reason(What, Reason), "\""]),
    add(Line, State#{watched := Rest, alive := Left}).

reason(_, Word) when Word =:= normal; Word =:= shutdown; Word =:= killed -> atom_to_list(Word);
reason(sup_start, {shutdown, {failed_to_start_child, _, _}}) -> "failed_to_start";
reason(_, _) -> "boom".

event(What, Id, More) -> ["{\"ev\":\"", atom_to_list(What), "\",\"id\":\"", Id, "\"", More, "}"].

add(Line, #{lines := Lines} = State) -> State#{lines := [Line | Lines]}.
